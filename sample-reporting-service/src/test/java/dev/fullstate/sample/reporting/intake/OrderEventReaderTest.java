package dev.fullstate.sample.reporting.intake;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import java.util.stream.Stream;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.fullstate.sample.reporting.TestEvent;
import dev.fullstate.sample.reporting.report.OrderEvent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

class OrderEventReaderTest {

    private static final UUID ORDER_ID = UUID.fromString("6c2fb5a0-9f8e-4d5a-8a2e-0d6b3f1c7e11");
    private static final TestEvent STATE = TestEvent.state(ORDER_ID, 42, "c-1", "PAID");
    private static final TestEvent DELETION = TestEvent.deletion(ORDER_ID, 43);

    private final OrderEventReader reader = new OrderEventReader();

    @Test
    void valueIsTheState() {
        assertThat(read(STATE))
                .isEqualTo(new OrderEvent.State(
                        ORDER_ID,
                        42,
                        3,
                        "c-1",
                        "PAID",
                        2,
                        new BigDecimal("45.50"),
                        Instant.parse("2026-11-01T10:00:00.123456Z")));
    }

    @Test
    void noValueIsADelete() {
        assertThat(read(DELETION)).isEqualTo(new OrderEvent.Deletion(ORDER_ID, 43));
    }

    @Test
    void republishedEventIsLikeAnyOther() {
        assertThat(read(STATE.with("ce_republishid", UUID.randomUUID().toString())))
                .isEqualTo(read(STATE));
    }

    @Test
    void unknownMembersStatusesAndHeadersAreIgnored() {
        TestEvent event = STATE.replacing("\"orderId\"", "\"gift\": {\"wrapped\": true}, \"orderId\"")
                .replacing("\"PAID\"", "\"RETURNED\"")
                .with("ce_new", "?");

        assertThat(read(event))
                .isInstanceOfSatisfying(
                        OrderEvent.State.class,
                        state -> assertThat(state.status()).isEqualTo("RETURNED"));
    }

    @Test
    void amountIsExact() {
        assertThat(read(STATE.replacing("45.50", "123456789012345.01")))
                .isInstanceOfSatisfying(
                        OrderEvent.State.class,
                        state -> assertThat(state.totalAmount()).isEqualTo("123456789012345.01"));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource
    void recordThatIsNotAnEventIsRefusedWithTheReason(TestEvent event, String reason) {
        assertThatExceptionOfType(UnreadableEventException.class)
                .isThrownBy(() -> read(event))
                .withMessageContaining(reason);
    }

    static Stream<Arguments> recordThatIsNotAnEventIsRefusedWithTheReason() {
        return Stream.of(
                arguments(STATE.withKey(null), "the key null is not a UUID"),
                arguments(STATE.withKey("order-7"), "the key order-7 is not a UUID"),
                arguments(STATE.withKey("1-1-1-1-1"), "the key 1-1-1-1-1 is not a UUID"),
                arguments(STATE.without("ce_sequence"), "ce_sequence is null, not 19 digits"),
                arguments(STATE.with("ce_sequence", "42"), "ce_sequence is 42, not 19 digits"),
                arguments(STATE.with("ce_sequence", "-000000000000000042"), "not 19 digits"),
                arguments(STATE.with("ce_sequence", "9999999999999999999"), "not a number of 64 bits"),
                arguments(STATE.without("ce_entityversion"), "ce_entityversion is null"),
                arguments(STATE.withValue(null), "no value, but ce_operation is not delete"),
                arguments(DELETION.without("ce_operation"), "no value, but ce_operation is not delete"),
                arguments(STATE.with("ce_operation", "delete"), "ce_operation is delete, but there is a value"),
                arguments(STATE.withValue(""), "not the JSON of an order"),
                arguments(STATE.withValue("{\"customer\":"), "not the JSON of an order"),
                arguments(STATE.withValue("[]"), "not the JSON of an order"),
                arguments(STATE.withValue("null"), "null in JSON"),
                arguments(STATE.withValue("{}"), "no customer.id"),
                arguments(STATE.replacing("\"id\"", "\"number\""), "no customer.id"),
                arguments(STATE.replacing("\"items\"", "\"lines\""), "no items"),
                arguments(STATE.replacing("\"PAID\"", "null"), "no status"),
                arguments(STATE.replacing("45.50", "null"), "no totalAmount"),
                arguments(STATE.replacing("45.50", "\"much\""), "not the JSON of an order"),
                arguments(STATE.replacing("45.50", "45.50001"), "totalAmount has more than"),
                arguments(STATE.replacing("45.50", "1e999999999"), "totalAmount has more than"),
                arguments(STATE.replacing("T10:00:00.123456Z", " noon"), "not the JSON of an order"));
    }

    private OrderEvent read(TestEvent event) {
        ProducerRecord<String, byte[]> sent = event.to("topic", 0);
        ConsumerRecord<String, byte[]> received = new ConsumerRecord<>("topic", 0, 0, sent.key(), sent.value());
        sent.headers().forEach(received.headers()::add);
        return reader.read(received);
    }
}
