package dev.fullstate.sample.orders;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

import org.springframework.boot.test.context.TestComponent;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.test.web.servlet.client.assertj.RestTestClientResponse;

import static org.assertj.core.api.Assertions.assertThat;

/** The service's HTTP API as a client uses it. */
@Lazy
@TestComponent
public class OrdersApi {

    /** An order of 2 x 20.00 + 1 x 5.50. */
    public static final String ORDER = """
            {"customer": {"id": "customer-123", "name": "Jörg \\"JD\\" Döe, Jr.", "email": "jd@example.com"},
             "items": [{"productId": "prod-7", "quantity": 2, "price": 20.0},
                       {"productId": "prod-123", "quantity": 1, "price": 5.5}],
             "shippingAddress": "123 Main St, Springfield"}""";

    private final RestTestClient client;

    OrdersApi(Environment environment) {
        this.client = RestTestClient.bindToServer()
                .baseUrl("http://127.0.0.1:" + environment.getRequiredProperty("local.server.port"))
                .build();
    }

    public RestTestClientResponse get(String path) {
        return RestTestClientResponse.from(client.get().uri(path).exchange());
    }

    public RestTestClientResponse getAs(String user, String path) {
        return RestTestClientResponse.from(client.get()
                .uri(path)
                .headers(headers -> headers.setBasicAuth(user, user))
                .exchange());
    }

    public RestTestClientResponse postAs(String user, String path, String body) {
        return RestTestClientResponse.from(client.post()
                .uri(path)
                .headers(headers -> headers.setBasicAuth(user, user))
                .contentType(MediaType.APPLICATION_JSON)
                .body(body)
                .exchange());
    }

    public RestTestClientResponse post(String path) {
        return RestTestClientResponse.from(client.post().uri(path).exchange());
    }

    public RestTestClientResponse post(String path, String body) {
        return send(HttpMethod.POST, path, body);
    }

    public RestTestClientResponse put(String path, String body) {
        return send(HttpMethod.PUT, path, body);
    }

    public RestTestClientResponse delete(String path) {
        return RestTestClientResponse.from(client.delete().uri(path).exchange());
    }

    /** The path of a new {@link #ORDER}. */
    public String newOrder() {
        RestTestClientResponse reply = post("/orders", ORDER);
        assertThat(reply).hasStatus(201);
        return location(reply);
    }

    /** The path of a new {@link #ORDER}, requested by a caller with a trace of its own. */
    public String newOrderOfTrace(String traceParent) {
        RestTestClientResponse reply = RestTestClientResponse.from(client.post()
                .uri("/orders")
                .header("traceparent", traceParent)
                .contentType(MediaType.APPLICATION_JSON)
                .body(ORDER)
                .exchange());
        assertThat(reply).hasStatus(201);
        return location(reply);
    }

    public static String location(RestTestClientResponse reply) {
        return Objects.requireNonNull(
                reply.getExchangeResult().getResponseHeaders().getFirst("Location"));
    }

    /** The id in an order's path. */
    public static String orderId(String path) {
        return path.substring("/orders/".length());
    }

    public static String body(RestTestClientResponse reply) {
        return new String(reply.getExchangeResult().getResponseBodyContent(), StandardCharsets.UTF_8);
    }

    private RestTestClientResponse send(HttpMethod method, String path, String body) {
        return RestTestClientResponse.from(client.method(method)
                .uri(path)
                .contentType(MediaType.APPLICATION_JSON)
                .body(body)
                .exchange());
    }
}
