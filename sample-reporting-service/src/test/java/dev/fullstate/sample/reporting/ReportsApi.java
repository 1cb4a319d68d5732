package dev.fullstate.sample.reporting;

import java.nio.charset.StandardCharsets;
import java.util.List;

import com.jayway.jsonpath.JsonPath;
import org.springframework.boot.test.context.TestComponent;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.test.web.servlet.client.assertj.RestTestClientResponse;

/** The service's HTTP API as a client uses it. */
@Lazy
@TestComponent
public class ReportsApi {

    private final RestTestClient client;

    ReportsApi(Environment environment) {
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

    public RestTestClientResponse delete(String path) {
        return RestTestClientResponse.from(client.delete().uri(path).exchange());
    }

    public RestTestClientResponse deleteAs(String user, String path) {
        return RestTestClientResponse.from(client.delete()
                .uri(path)
                .headers(headers -> headers.setBasicAuth(user, user))
                .exchange());
    }

    /** {@return the offset of the first record of a partition that is not read yet; 0 if none of them is} */
    public long position(int partition) {
        byte[] body = get("/reports/positions").getExchangeResult().getResponseBodyContent();
        List<Number> offsets = JsonPath.read(
                new String(body, StandardCharsets.UTF_8), "$[?(@.partition == %d)].offset".formatted(partition));
        return offsets.stream().mapToLong(Number::longValue).findFirst().orElse(0);
    }
}
