package dev.fullstate.outbox.relay;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import dev.fullstate.outbox.contract.OutboxTable;
import dev.fullstate.outbox.harness.outbox.OutboxInsert;
import dev.fullstate.outbox.relay.RefusingTopics.Refusal;
import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.publish.PublisherSettings.Delivery;
import dev.fullstate.outbox.relay.wal.Source;

import static org.assertj.core.api.Assertions.assertThat;

/** Shows that types are held also while rows come from the table: where it is the source, at a first start, and while a gap is filled. */
class HeldRowsIT extends RefusedTopicsIntegrationTest {

    @ParameterizedTest
    @MethodSource("refusalsOfEachDelivery")
    void allOtherTypesArePublishedAndTheHeldOnesOnceTheirTopicTakesThem(Delivery delivery, Refusal refusal)
            throws Exception {
        int before = refusal == Refusal.CREATE ? 0 : 1;
        try (SteppedRelay relay = relay(Source.TABLE, delivery)) {
            refuseOrders(relay, refusal);
            write("order", "o", "o1");
            write("invoice", "i", "i1");
            database.execute("begin;" + row("order", "o", "o2").sql() + ";"
                    + row("invoice", "i", "i2").sql() + "; commit");
            relay.stepUntil(invoices, 2);
            relay.stepUntil(RelayState.STREAMING);
            assertThat(relay.problem().message())
                    .startsWith("Events for topic '" + topic("order") + "' wait, and hold up no others: ");
            topics.allow(topic("order"));
            awaitEvents(relay, orders, before + 2);
            write("order", "o", "o3");
            write("invoice", "i", "i3");
            relay.stepUntil(orders, before + 3);
            relay.stepUntil(invoices, 3);
            assertThat(relay.status().problem()).isNull();
        }
        assertThat(data(orders, delivery)).endsWith("o1", "o2", "o3").hasSize(before + 3);
        assertThat(data(invoices, delivery)).containsExactly("i1", "i2", "i3");
    }

    @ParameterizedTest
    @EnumSource
    void waitingEventsOutliveRestartsAndAreNotNoted(Delivery delivery) throws Exception {
        try (SteppedRelay relay = relay(Source.TABLE, delivery)) {
            refuseOrders(relay, Refusal.WRITE);
            write("order", "o", "o1");
            write("invoice", "i", "i1");
            relay.stepUntil(invoices, 1);
        }
        for (int i = 2; i <= 3; i++) {
            try (SteppedRelay relay = relay(Source.TABLE, delivery)) {
                write("order", "o", "o" + i);
                write("invoice", "i", "i" + i);
                relay.stepUntil(invoices, i);
                database.terminateSessions();
                write("invoice", "j", "j" + i);
                relay.stepUntil(invoices, i);
                moveOn(relay);
            }
            assertThat(database.unnotedCount()).isGreaterThanOrEqualTo(i);
        }
        topics.allow(topic("order"));
        try (SteppedRelay relay = relay(Source.TABLE, delivery)) {
            relay.stepUntil(orders, 4);
            write("order", "o", "o4");
            relay.stepUntil(orders, 5);
            relay.stepUntil(() -> {
                relay.moveTime(Duration.ofMillis(500));
                return database.unnotedCount() == 0;
            });
        }
        assertThat(data(orders, delivery)).containsExactly("first", "o1", "o2", "o3", "o4");
        assertThat(data(invoices, delivery)).containsExactly("i1", "i2", "j2", "i3", "j3");
    }

    private static void moveOn(SteppedRelay relay) {
        for (int n = 0; n < 50; n++) {
            relay.moveTime(Duration.ofMillis(500));
            relay.step();
        }
    }

    @Test
    void endOfARepublishJobIsNotToldWhileRowsWait() throws Exception {
        try (SteppedRelay relay = relay(Source.TABLE, Delivery.EXACTLY_ONCE)) {
            refuseOrders(relay, Refusal.WRITE);
            write("order", "o", "o1");
            endJobOfOrders();
            write("invoice", "i", "i1");
            relay.stepUntil(invoices, 1);
            moveOn(relay);
            assertThat(database.query("select count(*) from outbox_job_end")).isEqualTo("0");
            topics.allow(topic("order"));
            relay.stepUntil(() -> {
                relay.moveTime(Duration.ofSeconds(1));
                return database.query("select 1 from outbox_job_end") != null;
            });
            assertThat(database.query("select offsets -> 0 ->> 'offset' from outbox_job_end"))
                    .isEqualTo(String.valueOf(orders.all().get(1).offset() + 1));
        }
    }

    @ParameterizedTest
    @EnumSource
    void rowsThatArePublishedInPartsAreNeitherRepeatedNorLeftOut(Source source) throws Exception {
        int count = 3_000;
        if (source == Source.TABLE) {
            try (SteppedRelay relay = relay(source, Delivery.EXACTLY_ONCE)) {
                relay.stepUntil(RelayState.STREAMING);
            }
        }
        topics.refuse(topic("order"), Refusal.CREATE);
        // More than may be in flight at once.
        database.execute(OutboxInsert.rows(count)
                .with(OutboxTable.AGGREGATE_TYPE, "case when n % 2 = 0 then 'order' else 'invoice' end")
                .with(OutboxTable.PAYLOAD, "n || repeat('x', 2000)"));
        try (SteppedRelay relay = relay(source, Delivery.EXACTLY_ONCE)) {
            relay.stepUntil(() -> !invoices.all().isEmpty());
            database.endSessions();
            awaitEvents(relay, invoices, count / 2);
            topics.allow(topic("order"));
            awaitEvents(relay, orders, 100);
            database.endSessions();
            awaitEvents(relay, orders, count / 2);
            write("order", "o", "last");
            write("invoice", "i", "last");
            relay.stepUntil(orders, 1 + count / 2);
            relay.stepUntil(invoices, 1 + count / 2);
        }
        assertThat(data(orders)).hasSize(1 + count / 2).doesNotHaveDuplicates().endsWith("last");
        assertThat(data(invoices))
                .hasSize(1 + count / 2)
                .doesNotHaveDuplicates()
                .endsWith("last");
        assertThat(orders.all())
                .extracting(event -> Long.parseLong(event.headers().get("ce_sequence")))
                .isSorted();
    }

    /** What is published of the rows that are under way lacks the type, so it may not go on with the others. */
    @ParameterizedTest
    @EnumSource
    void typeWhoseTopicIsGrantedAmidTheRowsIsPublishedAfterThem(Source source) throws Exception {
        int count = 3_000;
        if (source == Source.TABLE) {
            try (SteppedRelay relay = relay(source, Delivery.EXACTLY_ONCE)) {
                relay.stepUntil(RelayState.STREAMING);
            }
        }
        topics.refuse(topic("order"), Refusal.CREATE);
        database.execute(OutboxInsert.rows(count)
                .with(OutboxTable.AGGREGATE_TYPE, "case when n % 2 = 0 then 'order' else 'invoice' end")
                .with(OutboxTable.PAYLOAD, "n || repeat('x', 2000)"));
        try (SteppedRelay relay = relay(source, Delivery.EXACTLY_ONCE)) {
            relay.stepUntil(() -> !invoices.all().isEmpty());
        }
        assertThat(invoices.all()).as("amid").hasSizeLessThan(count / 2);
        topics.allow(topic("order"));
        try (SteppedRelay relay = relay(source, Delivery.EXACTLY_ONCE)) {
            awaitEvents(relay, orders, count / 2);
            relay.stepUntil(invoices, count / 2);
        }
        assertThat(data(orders)).hasSize(count / 2).doesNotHaveDuplicates();
        assertThat(orders.all())
                .extracting(event -> Long.parseLong(event.headers().get("ce_sequence")))
                .isSorted();
        assertThat(data(invoices)).hasSize(count / 2).doesNotHaveDuplicates();
    }

    static Stream<Arguments> sourcesAndDeliveries() {
        return Stream.of(Source.values())
                .flatMap(source -> Stream.of(Delivery.values()).map(delivery -> Arguments.of(source, delivery)));
    }

    @ParameterizedTest
    @MethodSource("sourcesAndDeliveries")
    void firstStartHoldsUpNoOtherType(Source source, Delivery delivery) throws Exception {
        topics.refuse(topic("order"), Refusal.CREATE);
        write("order", "o", "o1");
        write("invoice", "i", "i1");
        try (SteppedRelay relay = relay(source, delivery)) {
            relay.stepUntil(invoices, 1);
            relay.stepUntil(RelayState.STREAMING);
            Lsn written = database.walPosition();
            write("invoice", "i", "i2");
            relay.stepUntil(invoices, 2);
            moveOn(relay);
            assertThat(database.unnotedCount()).as("not noted").isEqualTo(3);
            if (source == Source.WAL) {
                assertThat(written.isAfter(database.confirmed()))
                        .as("not confirmed")
                        .isTrue();
            }
            write("order", "o", "o2");
        }
        try (SteppedRelay relay = relay(source, delivery)) {
            write("order", "o", "o3");
            write("invoice", "i", "i3");
            relay.stepUntil(invoices, 3);
            topics.allow(topic("order"));
            awaitEvents(relay, orders, 3);
            write("order", "o", "o4");
            relay.stepUntil(orders, 4);
            relay.stepUntil(() -> {
                relay.moveTime(Duration.ofMillis(500));
                return database.unnotedCount() == 0;
            });
        }
        assertThat(data(orders, delivery)).containsExactly("o1", "o2", "o3", "o4");
        assertThat(data(invoices, delivery)).containsExactly("i1", "i2", "i3");
    }

    /** Kafka has some of the rows that wait: which ones is known only once the topic is read. */
    @ParameterizedTest
    @MethodSource("sourcesAndDeliveries")
    void gapIsFilledForAllOtherTypes(Source source, Delivery delivery) throws Exception {
        try (SteppedRelay relay = relay(Source.WAL, delivery)) {
            relay.stepUntil(RelayState.STREAMING);
            write("order", "o", "o1");
            write("invoice", "i", "i1");
            relay.stepUntil(orders, 1);
            relay.stepUntil(invoices, 1);
        }
        topics.refuse(topic("order"), Refusal.WRITE);
        database.dropSlot();
        write("order", "o", "o2");
        write("invoice", "i", "i2");
        try (SteppedRelay relay = relay(source, delivery)) {
            relay.stepUntil(invoices, 2);
            relay.stepUntil(RelayState.STREAMING);
            write("order", "o", "o3");
            write("invoice", "i", "i3");
            relay.stepUntil(invoices, 3);
            topics.allow(topic("order"));
            awaitEvents(relay, orders, 3);
            write("order", "o", "o4");
            relay.stepUntil(orders, 4);
        }
        assertThat(data(orders, delivery)).containsExactly("o1", "o2", "o3", "o4");
        assertThat(data(invoices, delivery)).containsExactly("i1", "i2", "i3");
    }

    @Test
    void otherSourceFindsWhatWaits() throws Exception {
        try (SteppedRelay relay = relay(Source.TABLE, Delivery.EXACTLY_ONCE)) {
            refuseOrders(relay, Refusal.WRITE);
            write("order", "o", "o1");
            write("invoice", "i", "i1");
            relay.stepUntil(invoices, 1);
        }
        try (SteppedRelay relay = relay(Source.WAL, Delivery.EXACTLY_ONCE)) {
            write("order", "o", "o2");
            write("invoice", "i", "i2");
            relay.stepUntil(invoices, 2);
        }
        topics.allow(topic("order"));
        try (SteppedRelay relay = relay(Source.TABLE, Delivery.EXACTLY_ONCE)) {
            write("order", "o", "o3");
            relay.stepUntil(orders, 4);
        }
        assertThat(data(orders)).containsExactly("first", "o1", "o2", "o3");
        assertThat(data(invoices)).containsExactly("i1", "i2");
    }

    @Test
    void releasedAggregateWaitsWithItsType() throws Exception {
        Map<String, Object> producer =
                Map.of("bootstrap.servers", topics.kafka().bootstrapServers(), "max.request.size", 10_000);
        try (SteppedRelay relay = SteppedRelay.treating(
                PoisonPolicy.all(Poison.PARK),
                database,
                Delivery.EXACTLY_ONCE,
                producer,
                wal -> wal.reading(Source.TABLE))) {
            relay.stepUntil(RelayState.STREAMING);
            write("order", "o", "x".repeat(20_000));
            write("order", "p", "p1");
            relay.stepUntil(orders, 1);
            topics.refuse(topic("order"), Refusal.WRITE);
            write("order", "o", "o2");
            write("invoice", "i", "i1");
            relay.stepUntil(invoices, 1);
            database.execute("update outbox set payload = 'o1' where seq = (select min(seq) from outbox)");
            database.ask("retry");
            moveOn(relay);
            write("invoice", "i", "i2");
            relay.stepUntil(invoices, 2);
            topics.allow(topic("order"));
            awaitEvents(relay, orders, 3);
        }
        assertThat(data(orders)).isEqualTo(List.of("p1", "o1", "o2"));
    }
}
