package dev.fullstate.outbox.relay;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import dev.fullstate.outbox.contract.OutboxTable;
import dev.fullstate.outbox.harness.outbox.OutboxInsert;
import dev.fullstate.outbox.relay.RefusingTopics.Refusal;
import dev.fullstate.outbox.relay.failure.Diagnosis.Level;
import dev.fullstate.outbox.relay.failure.Warning;
import dev.fullstate.outbox.relay.kafka.Kafka;
import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.publish.KafkaDiagnosis;
import dev.fullstate.outbox.relay.publish.PublisherSettings;
import dev.fullstate.outbox.relay.publish.PublisherSettings.Delivery;
import dev.fullstate.outbox.relay.wal.Source;
import dev.fullstate.outbox.test.PublishedEvents;

import static org.assertj.core.api.Assertions.assertThat;

/** Shows that a topic that takes no events holds up the events of its own types only, and that these come in their order once it does. */
class HeldTypesIT extends RefusedTopicsIntegrationTest {

    @ParameterizedTest
    @MethodSource("refusalsOfEachDelivery")
    void allOtherTypesArePublishedAndTheHeldOnesOnceTheirTopicTakesThem(Delivery delivery, Refusal refusal)
            throws Exception {
        int before = refusal == Refusal.CREATE ? 0 : 1;
        try (SteppedRelay relay = relay(delivery)) {
            refuseOrders(relay, refusal);
            write("order", "o", "o1");
            write("invoice", "i", "i1");
            database.execute("begin;" + row("order", "o", "o2").sql() + ";"
                    + row("invoice", "i", "i2").sql() + "; commit");
            relay.stepUntil(invoices, 2);
            assertThat(relay.state()).isEqualTo(RelayState.STREAMING);
            assertThat(relay.problem().message())
                    .startsWith("Events for topic '" + topic("order") + "' wait, and hold up no others: Topic")
                    .contains("TopicAuthorizationException");
            assertThat(relay.problem().remedy()).startsWith("Grant ");
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
    void waitingEventsOutliveRestartsAndNothingBeyondThemIsConfirmedOrNoted(Delivery delivery) throws Exception {
        Lsn written;
        try (SteppedRelay relay = relay(delivery)) {
            refuseOrders(relay, Refusal.WRITE);
            write("order", "o", "o1");
            written = database.walPosition();
            write("invoice", "i", "i1");
            relay.stepUntil(invoices, 1);
        }
        for (int i = 2; i <= 3; i++) {
            try (SteppedRelay relay = relay(delivery)) {
                write("order", "o", "o" + i);
                write("invoice", "i", "i" + i);
                relay.stepUntil(invoices, i);
                database.terminateSessions();
                write("invoice", "j", "j" + i);
                relay.stepUntil(invoices, i);
                for (int n = 0; n < 50; n++) {
                    relay.moveTime(Duration.ofMillis(500));
                    relay.step();
                }
            }
            assertThat(written.isAfter(database.confirmed())).isTrue();
            assertThat(database.unnotedCount()).isGreaterThanOrEqualTo(i);
        }
        topics.allow(topic("order"));
        try (SteppedRelay relay = relay(delivery)) {
            relay.stepUntil(orders, 4);
            write("order", "o", "o4");
            relay.stepUntil(orders, 5);
            relay.stepUntil(() -> {
                relay.moveTime(Duration.ofMillis(500));
                return database.confirmed().isAfter(written) && database.unnotedCount() == 0;
            });
        }
        assertThat(data(orders, delivery)).containsExactly("first", "o1", "o2", "o3", "o4");
        assertThat(data(invoices, delivery)).containsExactly("i1", "i2", "j2", "i3", "j3");
    }

    /** The server may have nothing to write for a long time, and the position of the last event would say that others wait. */
    @Test
    void waitingEventsAreConfirmedAsSoonAsTheyArePublished() throws Exception {
        try (SteppedRelay relay = relay(Delivery.EXACTLY_ONCE)) {
            refuseOrders(relay, Refusal.WRITE);
            write("order", "o", "o1");
            // So that the last transaction of Kafka with an order ends before the relay is where it was.
            for (int i = 0; i < 1_000; i++) {
                write("invoice", "i", "i" + i);
            }
            relay.stepUntil(invoices, 1_000);
            // It writes its notes into the database, and its position into Kafka, before the last event, and not again
            // after it.
            for (int n = 0; n < 8; n++) {
                relay.moveTime(Duration.ofMillis(500));
                relay.step();
            }
            Lsn written = database.walPosition();
            write("invoice", "i", "last");
            relay.stepUntil(invoices, 1_001);
            topics.allow(topic("order"));
            relay.moveTime(Duration.ofSeconds(5));
            relay.stepUntil(orders, 2);
            // Less than the time after which an idle relay confirms what the server has written.
            AtomicLong rest = new AtomicLong(Duration.ofSeconds(2).toNanos());
            AtomicLong last = new AtomicLong(System.nanoTime());
            relay.stepUntil(() -> {
                long now = System.nanoTime();
                // Slower than real time, because Kafka has to answer meanwhile, on a machine that may stand still.
                long passed = Math.min(rest.get(), (now - last.getAndSet(now)) / 10);
                rest.addAndGet(-passed);
                relay.moveTime(Duration.ofNanos(passed));
                return database.confirmed().isAfter(written);
            });
        }
    }

    @Test
    void endOfARepublishJobIsNotToldWhileEventsWait() throws Exception {
        try (SteppedRelay relay = relay(Delivery.EXACTLY_ONCE)) {
            refuseOrders(relay, Refusal.WRITE);
            write("order", "o", "o1");
            endJobOfOrders();
            write("invoice", "i", "i1");
            relay.stepUntil(invoices, 1);
            for (int i = 0; i < 60; i++) {
                relay.moveTime(Duration.ofSeconds(1));
                relay.step();
            }
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

    @Test
    void releasedAggregateWaitsWithItsTypeAndHoldsUpNoOther() throws Exception {
        Map<String, Object> producer =
                Map.of("bootstrap.servers", topics.kafka().bootstrapServers(), "max.request.size", 10_000);
        try (SteppedRelay relay =
                SteppedRelay.treating(PoisonPolicy.all(Poison.PARK), database, Delivery.EXACTLY_ONCE, producer)) {
            relay.stepUntil(RelayState.STREAMING);
            write("order", "o", "x".repeat(20_000));
            write("order", "p", "p1");
            relay.stepUntil(orders, 1);
            topics.refuse(topic("order"), Refusal.WRITE);
            database.execute("update outbox set payload = 'o1' where aggregateid = 'o'");
            database.ask("retry");
            relay.stepUntil(() -> {
                relay.moveTime(Duration.ofMillis(100));
                return relay.state() == RelayState.STREAMING && relay.status().problem() != null;
            });
            write("invoice", "i", "i1");
            relay.stepUntil(invoices, 1);
            relay.confirm();
            // Its type waits from here on, and the slot is confirmed beyond where the stream began.
            write("order", "q", "q1");
            write("invoice", "i", "i2");
            relay.stepUntil(invoices, 2);
            topics.allow(topic("order"));
            relay.stepUntil(() -> {
                assertThat(relay.state()).as("no gap").isNotEqualTo(RelayState.PUBLISHING_RETAINED);
                relay.moveTime(Duration.ofMillis(100));
                return orders.all().size() >= 3;
            });
            assertThat(data(orders)).startsWith("p1").containsExactlyInAnyOrder("p1", "o1", "q1");
        }
    }

    @Test
    void rowThatIsCorrectedToATypeThatWaitsWaitsForAnOperator() throws Exception {
        Map<String, Object> producer =
                Map.of("bootstrap.servers", topics.kafka().bootstrapServers(), "max.request.size", 10_000);
        try (SteppedRelay relay =
                SteppedRelay.treating(PoisonPolicy.all(Poison.PARK), database, Delivery.EXACTLY_ONCE, producer)) {
            refuseOrders(relay, Refusal.WRITE);
            write("invoice", "i", "x".repeat(20_000));
            write("order", "o", "o1");
            write("invoice", "j", "j1");
            relay.stepUntil(invoices, 1);
            database.execute("update outbox set aggregatetype = 'order', payload = 'i1' where aggregateid = 'i'");
            retry(relay);
            write("invoice", "j", "j2");
            relay.stepUntil(invoices, 2);
            assertThat(relay.status().warnings())
                    .extracting(Warning::message)
                    .anyMatch(message -> message.contains("topic '" + topic("order") + "' takes no events now"));
            topics.allow(topic("order"));
            awaitEvents(relay, orders, 2);
            retry(relay);
            awaitEvents(relay, orders, 3);
            assertThat(data(orders)).containsExactly("first", "o1", "i1");
        }
    }

    private void retry(SteppedRelay relay) throws SQLException {
        database.ask("retry");
        relay.stepUntil(() -> {
            relay.moveTime(Duration.ofMillis(100));
            return database.query("select 1 from outbox_command where done_at is null") == null;
        });
        for (int i = 0; i < 20; i++) {
            relay.moveTime(Duration.ofMillis(100));
            relay.step();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"WRITE", "EVERYTHING"})
    void checkNamesATopicThatWouldNotTakeRecords(Refusal refusal) throws Exception {
        PublisherSettings settings = SteppedRelay.publishing(
                database,
                Delivery.EXACTLY_ONCE,
                Map.of("bootstrap.servers", topics.kafka().bootstrapServers()));
        try (SteppedRelay relay = relay(Delivery.EXACTLY_ONCE)) {
            relay.stepUntil(RelayState.STREAMING);
        }
        assertThat(KafkaDiagnosis.of(settings, Kafka::connect)).noneMatch(found -> found.level() == Level.ERROR);
        topics.refuse("positions", refusal);
        try {
            assertThat(KafkaDiagnosis.of(settings, Kafka::connect))
                    .filteredOn(found -> found.level() == Level.ERROR)
                    .singleElement()
                    .satisfies(found -> {
                        assertThat(found.message()).contains("positions");
                        assertThat(found.remedy()).startsWith("Grant Read, Write and Describe on the topic");
                    });
        } finally {
            topics.allow("positions");
        }
    }

    /** Kafka's list of topics leaves out those that the user may not see, and events may be there. */
    @Test
    void eventsAreNotLookedForWithoutATopicThatIsDenied() throws Exception {
        try (SteppedRelay relay = relay(Delivery.EXACTLY_ONCE)) {
            refuseOrders(relay, Refusal.EVERYTHING);
        }
        database.dropSlot();
        write("order", "o", "o1");
        try (SteppedRelay relay = relay(Delivery.EXACTLY_ONCE)) {
            relay.stepUntil(RelayState.RETRYING);
            assertThat(relay.problem().message())
                    .startsWith("Published events could not be looked for")
                    .contains("TopicAuthorizationException");
            topics.allow(topic("order"));
            relay.stepUntil(orders, 2);
        }
        assertThat(data(orders)).containsExactly("first", "o1");
    }

    @Test
    void eachTypeGoesOnFromWhereItWas() throws Exception {
        try (SteppedRelay relay = relay(Delivery.EXACTLY_ONCE);
                PublishedEvents refunds = events("refund")) {
            refuseOrders(relay, Refusal.WRITE);
            write("order", "o", "o1");
            write("invoice", "i", "i1");
            write("refund", "r", "r1");
            relay.stepUntil(invoices, 1);
            relay.stepUntil(refunds, 1);
            topics.refuse(topic("invoice"), Refusal.WRITE);
            write("order", "o", "o2");
            write("invoice", "i", "i2");
            write("refund", "r", "r2");
            relay.stepUntil(refunds, 2);
            assertThat(relay.problem().message()).contains(topic("order")).contains(topic("invoice"));
            topics.allow(topic("invoice"));
            awaitEvents(relay, invoices, 2);
            write("invoice", "i", "i3");
            relay.stepUntil(invoices, 3);
            topics.allow(topic("order"));
            awaitEvents(relay, orders, 3);
            write("refund", "r", "r3");
            relay.stepUntil(refunds, 3);
            assertThat(data(orders)).containsExactly("first", "o1", "o2");
            assertThat(data(invoices)).containsExactly("i1", "i2", "i3");
            assertThat(data(refunds)).containsExactly("r1", "r2", "r3");
        }
    }

    @Test
    void transactionThatIsPublishedInPartsIsNeitherRepeatedNorCutShort() throws Exception {
        int count = 3_000;
        try (SteppedRelay relay = relay(Delivery.EXACTLY_ONCE)) {
            refuseOrders(relay, Refusal.WRITE);
            // More than may be in flight at once.
            database.execute(OutboxInsert.rows(count)
                    .with(OutboxTable.AGGREGATE_TYPE, "case when n % 2 = 0 then 'order' else 'invoice' end")
                    .with(OutboxTable.PAYLOAD, "n || repeat('x', 2000)"));
            relay.stepUntil(() -> !invoices.all().isEmpty());
            database.endSessions();
            awaitEvents(relay, invoices, count / 2);
            topics.allow(topic("order"));
            awaitEvents(relay, orders, 100);
            database.endSessions();
            relay.stepUntil(() -> {
                assertThat(relay.state()).as("no need to search").isNotEqualTo(RelayState.PUBLISHING_RETAINED);
                relay.moveTime(Duration.ofMillis(100));
                return orders.all().size() > count / 2;
            });
            write("order", "o", "last");
            relay.stepUntil(orders, 2 + count / 2);
        }
        assertThat(data(orders)).hasSize(2 + count / 2).doesNotHaveDuplicates().endsWith("last");
        assertThat(data(invoices)).hasSize(count / 2).doesNotHaveDuplicates();
        assertThat(orders.all())
                .extracting(event -> Long.parseLong(event.headers().get("ce_sequence")))
                .isSorted();
    }

    @Test
    void waitingEventsAreFoundInTheTableWhenTheSlotIsLost() throws Exception {
        try (SteppedRelay relay = relay(Delivery.EXACTLY_ONCE)) {
            refuseOrders(relay, Refusal.WRITE);
            write("order", "o", "o1");
            write("invoice", "i", "i1");
            relay.stepUntil(invoices, 1);
        }
        database.dropSlot();
        write("order", "o", "o2");
        write("invoice", "i", "i2");
        topics.allow(topic("order"));
        try (SteppedRelay relay = relay(Delivery.EXACTLY_ONCE)) {
            awaitEvents(relay, orders, 3);
            awaitEvents(relay, invoices, 2);
        }
        assertThat(data(orders)).containsExactly("first", "o1", "o2");
        assertThat(data(invoices)).containsExactly("i1", "i2");
    }

    @Test
    void waitingEventsGoToTheTopicThatTheirTypeHasByThen() throws Exception {
        try (SteppedRelay relay = relay(Delivery.EXACTLY_ONCE)) {
            refuseOrders(relay, Refusal.WRITE);
            write("order", "o", "o1");
            write("invoice", "i", "i1");
            relay.stepUntil(invoices, 1);
        }
        String other = topic("other");
        try (SteppedRelay relay = SteppedRelay.routing(Map.of("order", other), Source.WAL, database, topics.kafka());
                PublishedEvents others = PublishedEvents.of(topics.kafka().bootstrapServers(), other)) {
            write("order", "o", "o2");
            relay.stepUntil(others, 2);
            assertThat(data(others)).containsExactly("o1", "o2");
        }
        assertThat(data(orders)).containsExactly("first");
    }

    @Test
    void slotThatWasAdvancedBeyondWaitingEventsIsAGap() throws Exception {
        Lsn beyond;
        try (SteppedRelay relay = relay(Delivery.EXACTLY_ONCE)) {
            refuseOrders(relay, Refusal.WRITE);
            write("order", "o", "o1");
            beyond = database.walPosition();
            write("invoice", "i", "i1");
            relay.stepUntil(invoices, 1);
        }
        database.terminateWalSender();
        database.query("select pg_replication_slot_advance('" + database.name() + "', '" + beyond + "')");
        topics.allow(topic("order"));
        try (SteppedRelay relay = relay(Delivery.EXACTLY_ONCE)) {
            awaitEvents(relay, orders, 2);
        }
        assertThat(data(orders)).containsExactly("first", "o1");
        assertThat(data(invoices)).containsExactly("i1");
    }
}
