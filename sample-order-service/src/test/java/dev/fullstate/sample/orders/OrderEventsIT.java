package dev.fullstate.sample.orders;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import com.jayway.jsonpath.JsonPath;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.test.json.JsonAssert;
import org.springframework.test.json.JsonCompareMode;

import dev.fullstate.outbox.test.PublishedEvent;
import dev.fullstate.outbox.test.PublishedEvents;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** From a request to the record that a consumer reads. */
@WholeService
class OrderEventsIT {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Autowired
    private OrdersApi api;

    @Autowired
    private KafkaConnectionDetails kafka;

    @Test
    void everyCommittedChangeIsOneEventAndRefusedRequestsAreNone() {
        String order = api.newOrder();
        String orderId = OrdersApi.orderId(order);
        assertThat(api.post(order + "/payment")).hasStatus(200);
        assertThat(api.post(order + "/payment")).hasStatus(409);
        assertThat(api.put(order + "/items/prod-7", "{\"quantity\": 4}")).hasStatus(200);
        assertThat(api.post(order + "/shipment", "{\"carrier\": \"DHL\"}")).hasStatus(200);
        String shipped = OrdersApi.body(api.get(order));
        assertThat(api.delete(order)).hasStatus(204);
        String next = OrdersApi.orderId(api.newOrder());

        try (PublishedEvents published = events()) {
            List<PublishedEvent> events = published.await(orderId, 5, PATIENCE);
            // Whatever a refused request had published would be there before the order that was placed after it.
            published.await(next, 1, PATIENCE);

            assertThat(published.await(orderId, 5, PATIENCE)).hasSize(5);
            assertThat(events)
                    .extracting(event -> event.headers().get("ce_operation"))
                    .containsExactly("create", "update", "update", "update", "delete");
            assertThat(events)
                    .extracting(event -> event.headers().get("ce_sequence"))
                    .isSorted()
                    .doesNotHaveDuplicates();
            JsonAssert.comparator(JsonCompareMode.STRICT)
                    .assertIsMatch(withoutTrailingZeros(shipped), events.get(3).data());
            assertThat(events.get(4).data()).isNull();
        }
    }

    @Test
    void changedItemAloneIsAnEventOfTheWholeOrder() {
        String order = api.newOrder();
        String orderId = OrdersApi.orderId(order);
        assertThat(api.put(order + "/items/prod-7", "{\"quantity\": 4}")).hasStatus(200);

        try (PublishedEvents published = events()) {
            PublishedEvent event = published.await(orderId, 2, PATIENCE).get(1);

            assertThat(event.headers()).containsEntry("ce_operation", "update");
            JsonAssert.comparator(JsonCompareMode.STRICT)
                    .assertIsMatch(withoutTrailingZeros(OrdersApi.body(api.get(order))), event.data());
        }
    }

    @Test
    void republishSaysUpToWhereAConsumerHasToRead() {
        String orderId = OrdersApi.orderId(api.newOrder());
        String job = OrdersApi.location(api.postAs("admin", "/admin/republish", "{\"aggregateTypes\": [\"order\"]}"));

        Map<Integer, Integer> ends = await()
                .atMost(PATIENCE)
                .until(
                        () -> JsonPath.<List<Map<String, Object>>>read(
                                OrdersApi.body(api.getAs("admin", job)), "$.rebuiltAt"),
                        Objects::nonNull)
                .stream()
                .filter(end -> end.get("topic").equals("outbox.event.order"))
                .collect(toMap(end -> (Integer) end.get("partition"), end -> (Integer) end.get("offset")));

        try (PublishedEvents published = events()) {
            PublishedEvent last = published.await(orderId, 2, PATIENCE).get(1);
            assertThat(job).endsWith("/" + last.headers().get("ce_republishid"));
            Map<Integer, Integer> offsets = published.all().stream()
                    .filter(event -> job.endsWith("/" + event.headers().get("ce_republishid")))
                    .collect(toMap(PublishedEvent::partition, event -> (int) event.offset() + 1, Math::max));
            assertThat(ends).containsAllEntriesOf(offsets);
        }
    }

    private PublishedEvents events() {
        return PublishedEvents.of(String.join(",", kafka.getBootstrapServers()), "outbox.event.order");
    }

    /** The API writes fractions of seconds in groups of three digits, an event as few as there are. */
    private static String withoutTrailingZeros(String json) {
        return json.replaceAll("(\\.\\d*?)0+Z", "$1Z");
    }
}
