package dev.fullstate.sample.orders.order;

import java.time.Instant;

import com.jayway.jsonpath.JsonPath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.assertj.RestTestClientResponse;

import dev.fullstate.sample.orders.OrdersApi;
import dev.fullstate.sample.orders.WholeService;

import static org.assertj.core.api.Assertions.assertThat;

@WholeService
class OrderApiIT {

    @Autowired
    private OrdersApi api;

    @Test
    void newOrderIsReturnedWithItsLocation() {
        RestTestClientResponse reply = api.post("/orders", OrdersApi.ORDER);

        assertThat(reply)
                .hasStatus(201)
                .bodyJson()
                .extractingPath("$.orderId")
                .satisfies(orderId -> assertThat(reply).hasHeader("Location", "/orders/" + orderId));
    }

    @Test
    void orderHasTheShapeOfItsEvents() {
        String path = api.newOrder();

        String order = OrdersApi.body(api.get(path));

        String time = JsonPath.read(order, "$.lastUpdated");
        assertThat(Instant.parse(time)).isBeforeOrEqualTo(Instant.now());
        // Text, not a tree: the order of the attributes and the digits of the amounts count.
        assertThat(order).isEqualTo("""
                {"orderId":"%1$s",\
                "customer":{"id":"customer-123","name":"Jörg \\"JD\\" Döe, Jr.","email":"jd@example.com"},\
                "items":[{"productId":"prod-7","quantity":2,"price":20.00},{"productId":"prod-123","quantity":1,"price":5.50}],\
                "status":"CREATED",\
                "statusHistory":[{"status":"CREATED","timestamp":"%2$s"}],\
                "shippingDetails":{"address":"123 Main St, Springfield","carrier":null},\
                "totalAmount":45.50,\
                "lastUpdated":"%2$s"}""".formatted(OrdersApi.orderId(path), time));
    }

    @Test
    void newOrderReadsTheSameBeforeAndAfterItWasStored() {
        RestTestClientResponse created = api.post("/orders", OrdersApi.ORDER);

        assertThat(api.get(OrdersApi.location(created))).bodyText().isEqualTo(OrdersApi.body(created));
    }

    @Test
    void orderIsPaidShippedAndDelivered() {
        String order = api.newOrder();

        assertThat(api.post(order + "/payment"))
                .hasStatus(200)
                .bodyJson()
                .extractingPath("$.status")
                .isEqualTo("PAID");
        assertThat(api.post(order + "/shipment", "{\"carrier\": \"DHL\"}"))
                .hasStatus(200)
                .bodyJson()
                .isLenientlyEqualTo("{\"status\": \"DELIVERING\", \"shippingDetails\": {\"carrier\": \"DHL\"}}");
        assertThat(api.post(order + "/delivery")).hasStatus(200);
        assertThat(api.get(order)).bodyJson().isLenientlyEqualTo("""
                {"status": "DELIVERED", "totalAmount": 45.5,
                 "statusHistory": [{"status": "CREATED"}, {"status": "PAID"}, {"status": "DELIVERING"}, {"status": "DELIVERED"}]}""");
    }

    @Test
    void stepOutOfTurnIsAConflict() {
        String order = api.newOrder();

        assertProblem(api.post(order + "/shipment", "{\"carrier\": \"DHL\"}"), 409);
        assertProblem(api.post(order + "/delivery"), 409);
        api.post(order + "/payment");
        assertProblem(api.post(order + "/payment"), 409);
        assertProblem(api.post(order + "/delivery"), 409);
        api.post(order + "/shipment", "{\"carrier\": \"DHL\"}");
        assertProblem(api.post(order + "/payment"), 409);
        assertProblem(api.post(order + "/shipment", "{\"carrier\": \"DHL\"}"), 409);
        api.post(order + "/delivery");
        assertProblem(api.post(order + "/delivery"), 409);
        assertThat(api.get(order)).bodyJson().extractingPath("$.status").isEqualTo("DELIVERED");
    }

    @Test
    void itemsCanBeChangedUntilTheOrderIsShipped() {
        String order = api.newOrder();
        String item = order + "/items/prod-7";

        assertThat(api.put(item, "{\"quantity\": 4}")).hasStatus(200).bodyJson().isLenientlyEqualTo("""
                {"items": [{"productId": "prod-7", "quantity": 4}, {"productId": "prod-123", "quantity": 1}], "totalAmount": 85.5}""");
        api.post(order + "/payment");
        assertThat(api.put(item, "{\"quantity\": 5}")).hasStatus(200);
        api.post(order + "/shipment", "{\"carrier\": \"DHL\"}");
        assertProblem(api.put(item, "{\"quantity\": 6}"), 409);
        api.post(order + "/delivery");
        assertProblem(api.put(item, "{\"quantity\": 6}"), 409);
        assertThat(api.get(order))
                .bodyJson()
                .extractingPath("$.items[0].quantity")
                .isEqualTo(5);
    }

    @Test
    void changedItemLeavesTheOrdersTimeAlone() {
        String order = api.newOrder();
        String before = lastUpdated(order);

        assertThat(api.put(order + "/items/prod-7", "{\"quantity\": 4}")).hasStatus(200);

        assertThat(lastUpdated(order)).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void orderCanBeDeletedInEveryState(int steps) {
        String order = api.newOrder();
        if (steps > 0) {
            api.post(order + "/payment");
        }
        if (steps > 1) {
            api.post(order + "/shipment", "{\"carrier\": \"DHL\"}");
        }
        if (steps > 2) {
            api.post(order + "/delivery");
        }

        assertThat(api.delete(order)).hasStatus(204).body().isEmpty();

        assertProblem(api.get(order), 404);
        assertProblem(api.delete(order), 404);
    }

    @Test
    void unknownOrderIsNotFound() {
        String order = "/orders/00000000-0000-0000-0000-000000000000";

        assertProblem(api.get(order), 404);
        assertProblem(api.post(order + "/payment"), 404);
        assertProblem(api.post(order + "/shipment", "{\"carrier\": \"DHL\"}"), 404);
        assertProblem(api.post(order + "/delivery"), 404);
        assertProblem(api.put(order + "/items/prod-7", "{\"quantity\": 4}"), 404);
        assertProblem(api.delete(order), 404);
    }

    @Test
    void unknownItemIsNotFound() {
        RestTestClientResponse reply = api.put(api.newOrder() + "/items/prod-8", "{\"quantity\": 4}");

        assertProblem(reply, 404);
        assertThat(reply).bodyJson().extractingPath("$.detail").asString().contains("prod-8");
    }

    @Test
    void malformedIdIsABadRequest() {
        assertProblem(api.get("/orders/one"), 400);
        assertProblem(api.delete("/orders/one"), 400);
    }

    @Test
    void emptyBodyNamesEveryFieldThatIsMissing() {
        RestTestClientResponse reply = api.post("/orders", "{}");

        assertProblem(reply, 400);
        assertThat(reply)
                .bodyJson()
                .extractingPath("$.errors[*].field")
                .asArray()
                .containsExactly("customer", "items", "shippingAddress");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "customer.id       | \"customer-123\"    | \"\"",
                "customer.name     | \"name\": \"Jörg    | \"nick\": \"Jörg",
                "customer.email    | jd@example.com      | nowhere",
                "items[0].productId| \"prod-7\"          | null",
                "items[0].quantity | \"quantity\": 2     | \"quantity\": 0",
                "items[0].quantity | \"quantity\": 2     | \"quantity\": null",
                "items[0].quantity | \"quantity\": 2     | \"quantity\": 2.7",
                "items[0].quantity | \"quantity\": 2     | \"quantity\": 3000000000",
                "items[0].quantity | \"quantity\": 2     | \"quantity\": \"two\"",
                "items[1].price    | 5.5                 | -0.01",
                "items[1].price    | 5.5                 | 5.501",
                "items[1].price    | 5.5                 | 10000000000",
                "items[1].price    | 5.5                 | 1E+2000000000",
                "items             | prod-123            | prod-7",
                "shippingAddress   | 123 Main St, Springfield | ` `",
            })
    void refusedFieldIsNamed(String field, String good, String bad) {
        assertThat(OrdersApi.ORDER).contains(good);

        RestTestClientResponse reply = api.post("/orders", OrdersApi.ORDER.replace(good, bad));

        assertProblem(reply, 400);
        assertThat(reply)
                .bodyJson()
                .extractingPath("$.errors[*].field")
                .asArray()
                .containsExactly(field);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "null", "\"order\"", "{\"items\": [null]}", "{\"items\": {}}"})
    void bodyThatIsNotAnOrderIsABadRequest(String body) {
        assertProblem(api.post("/orders", body), 400);
    }

    @Test
    void badBodyOfAChangeIsABadRequest() {
        String order = api.newOrder();

        assertProblem(api.put(order + "/items/prod-7", "{}"), 400);
        assertProblem(api.put(order + "/items/prod-7", "{\"quantity\": 0}"), 400);
        assertProblem(api.post(order + "/shipment", "{}"), 400);
        assertProblem(api.post(order + "/shipment", "{\"carrier\": \" \"}"), 400);
    }

    private static void assertProblem(RestTestClientResponse reply, int status) {
        assertThat(reply)
                .hasStatus(status)
                .hasContentTypeCompatibleWith(MediaType.APPLICATION_PROBLEM_JSON)
                .bodyJson()
                .extractingPath("$.status")
                .isEqualTo(status);
    }

    private String lastUpdated(String order) {
        RestTestClientResponse reply = api.get(order);
        assertThat(reply).hasStatus(200);
        return JsonPath.read(OrdersApi.body(reply), "$.lastUpdated");
    }
}
