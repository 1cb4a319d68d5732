package dev.fullstate.sample.reporting.intake;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.kafka.support.KafkaHeaders;

import dev.fullstate.sample.reporting.DeadLetters;
import dev.fullstate.sample.reporting.OrderEvents;
import dev.fullstate.sample.reporting.ReportsApi;
import dev.fullstate.sample.reporting.TestEvent;
import dev.fullstate.sample.reporting.WholeService;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A record that is not the event of an order goes to the dead letters, unchanged and with the reason, and no record waits behind it. */
@WholeService
class BadRecordIT {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final UUID orderId = UUID.randomUUID();
    private final TestEvent event = TestEvent.state(orderId, 7, "c-1", "CREATED");

    @Autowired
    private OrderEvents events;

    @Autowired
    private DeadLetters deadLetters;

    @Autowired
    private ReportsApi api;

    @Test
    void badRecordsAreSetAsideInTheirOrderAndLaterOnesApplied() {
        List<TestEvent> bad = List.of(
                event.without("ce_sequence"),
                event.with("ce_sequence", "newest"),
                event.withValue("{\"orderId\":"),
                event.replacing("\"status\"", "\"state\""),
                event.withKey("order-7"),
                event.withValue(null),
                // Read, and refused by PostgreSQL.
                event.replacing("\"c-1\"", "\"\\u0000\""));
        int before = deadLetters.all().size();
        bad.forEach(events::publish);
        RecordMetadata last = events.publish(event);
        await().atMost(PATIENCE).until(() -> api.position(last.partition()) > last.offset());

        assertThat(api.get("/reports/orders/" + orderId))
                .bodyJson()
                .extractingPath("$.status")
                .isEqualTo("CREATED");
        List<ConsumerRecord<String, byte[]>> letters =
                deadLetters.all().stream().skip(before).toList();
        assertThat(letters)
                .extracting(letter -> header(letter, KafkaHeaders.DLT_EXCEPTION_MESSAGE))
                .satisfiesExactly(
                        reason -> assertThat(reason).contains("ce_sequence is null"),
                        reason -> assertThat(reason).contains("ce_sequence is newest"),
                        reason -> assertThat(reason).contains("not the JSON of an order"),
                        reason -> assertThat(reason).contains("no status"),
                        reason -> assertThat(reason).contains("the key order-7 is not a UUID"),
                        reason -> assertThat(reason).contains("no value"),
                        reason -> assertThat(reason).contains("0x00"));
        assertThat(letters).zipSatisfy(bad, (letter, sent) -> {
            assertThat(letter.key()).isEqualTo(sent.key());
            assertThat(letter.value())
                    .isEqualTo(sent.value() == null ? null : sent.value().getBytes(UTF_8));
            sent.headers()
                    .forEach((name, value) -> assertThat(header(letter, name)).isEqualTo(value));
            assertThat(header(letter, KafkaHeaders.DLT_ORIGINAL_TOPIC)).isEqualTo(OrderEvents.TOPIC);
            assertThat(letter.headers().lastHeader(KafkaHeaders.DLT_ORIGINAL_OFFSET))
                    .isNotNull();
        });
    }

    @Test
    void recordThatIsAsLargeAsItsTopicAllowsStillFitsWithItsReason() {
        byte[] padding = new byte[1_048_000];
        Arrays.fill(padding, (byte) 'x');
        int before = deadLetters.all().size();
        RecordMetadata large = events.publish(event.withValue(new String(padding, UTF_8)), 1);

        await().atMost(PATIENCE).until(() -> api.position(large.partition()) > large.offset());

        assertThat(deadLetters.all())
                .hasSize(before + 1)
                .last()
                .satisfies(letter -> assertThat(letter.value()).hasSameSizeAs(padding));
    }

    private static String header(ConsumerRecord<?, ?> letter, String name) {
        return new String(letter.headers().lastHeader(name).value(), UTF_8);
    }
}
