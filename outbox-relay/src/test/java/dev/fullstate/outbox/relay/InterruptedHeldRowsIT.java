package dev.fullstate.outbox.relay;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.fullstate.outbox.contract.OutboxTable;
import dev.fullstate.outbox.harness.outbox.OutboxInsert;
import dev.fullstate.outbox.relay.RefusingTopics.Refusal;
import dev.fullstate.outbox.relay.publish.PublisherSettings.Delivery;
import dev.fullstate.outbox.relay.wal.Source;
import dev.fullstate.outbox.test.PublishedEvents;

import static org.assertj.core.api.Assertions.assertThat;

/** Shows what becomes of rows that wait for their topic if something else happens: restarts, rows that are corrected or deleted, lost commits. */
class InterruptedHeldRowsIT extends RefusedTopicsIntegrationTest {

    private static OutboxInsert rows(int count, String type) {
        // More than may be in flight at once.
        return OutboxInsert.rows(count)
                .with(OutboxTable.AGGREGATE_TYPE, type)
                .with(OutboxTable.PAYLOAD, "n || repeat('x', 2000)");
    }

    private long lastNumber() throws Exception {
        return Long.parseLong(Objects.requireNonNull(database.query("select last_value from outbox_seq")));
    }

    /** Runs a relay on the empty outbox, until it has noted that everything is published. */
    private void startWithoutRows(Source source) throws Exception {
        try (SteppedRelay relay = relay(source, Delivery.EXACTLY_ONCE)) {
            relay.stepUntil(RelayState.STREAMING);
            relay.stepUntil(() -> {
                relay.moveTime(Duration.ofMillis(100));
                return database.query("select 1 from outbox_relay where published_lsn > '0/0'") != null;
            });
        }
    }

    /** Nothing is published any more that would have the position say that the rows are over. */
    @Test
    void typeIsCaughtUpWithIfItIsGrantedWhenOnlyItsOwnRowsAreLeft() throws Exception {
        startWithoutRows(Source.TABLE);
        topics.refuse(topic("order"), Refusal.CREATE);
        database.execute(rows(5_000, "case when n between 2 and 300 then 'invoice' else 'order' end"));
        try (SteppedRelay relay = relay(Source.TABLE, Delivery.EXACTLY_ONCE)) {
            relay.stepUntil(invoices, 299);
            write("order", "o", "o1");
            write("invoice", "i", "i1");
            relay.stepUntil(invoices, 300);
        }
        database.execute(rows(5_000, "case when n between 2 and 300 then 'invoice' else 'order' end"));
        try (SteppedRelay relay = relay(Source.TABLE, Delivery.EXACTLY_ONCE)) {
            relay.stepUntil(() -> invoices.all().size() > 300);
        }
        topics.allow(topic("order"));
        try (SteppedRelay relay = relay(Source.TABLE, Delivery.EXACTLY_ONCE)) {
            awaitEvents(relay, orders, 2 * 4_701 + 1);
            write("invoice", "i", "i2");
            relay.stepUntil(invoices, 2 * 299 + 2);
        }
        assertThat(orders.all())
                .hasSize(2 * 4_701 + 1)
                .extracting(event -> Long.parseLong(event.headers().get("ce_sequence")))
                .isSorted()
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @EnumSource
    void rowWhoseTypeIsCorrectedWhileItWaitsIsPublishedAsThat(Source source) throws Exception {
        topics.refuse(topic("order"), Refusal.CREATE);
        write("order", "o", "o1");
        write("invoice", "i", "i1");
        try (SteppedRelay relay = relay(source, Delivery.EXACTLY_ONCE)) {
            relay.stepUntil(invoices, 1);
            relay.stepUntil(RelayState.STREAMING);
            database.execute("update outbox set aggregatetype = 'invoice', aggregateid = 'x' where payload = 'o1'");
            topics.allow(topic("order"));
            awaitEvents(relay, invoices, 2);
            relay.stepUntil(() -> {
                relay.moveTime(Duration.ofMillis(500));
                return database.unnotedCount() == 0;
            });
        }
        assertThat(data(invoices)).containsExactly("i1", "o1");
        assertThat(orders.all()).isEmpty();
    }

    /** The position may not name it as the newest row that is published. */
    @ParameterizedTest
    @EnumSource
    void rowThatIsDeletedWhileItWaitsIsNoLossOfCommits(Source source) throws Exception {
        topics.refuse(topic("order"), Refusal.CREATE);
        write("invoice", "i", "i1");
        write("order", "o", "o1");
        try (SteppedRelay relay = relay(source, Delivery.EXACTLY_ONCE)) {
            relay.stepUntil(invoices, 1);
            relay.stepUntil(RelayState.STREAMING);
        }
        database.execute("delete from outbox where aggregatetype = 'order'");
        try (SteppedRelay relay = relay(source, Delivery.EXACTLY_ONCE)) {
            relay.stepUntil(RelayState.STREAMING);
            topics.allow(topic("order"));
            write("order", "o", "o2");
            awaitEvents(relay, orders, 1);
        }
        assertThat(data(orders)).containsExactly("o2");
        assertThat(lastNumber()).as("not raised").isLessThan(1_000);
    }

    @ParameterizedTest
    @EnumSource
    void firstStartThatIsInterruptedDoesNotNeedToReadTheTopicEither(Source source) throws Exception {
        if (source == Source.TABLE) {
            startWithoutRows(source);
        }
        topics.create(topic("order"));
        topics.refuse(topic("order"), Refusal.EVERYTHING);
        database.execute(rows(3_000, "case when n % 2 = 0 then 'order' else 'invoice' end"));
        try (SteppedRelay relay = relay(source, Delivery.EXACTLY_ONCE)) {
            relay.stepUntil(() -> !invoices.all().isEmpty());
            assertThat(relay.state()).isEqualTo(RelayState.PUBLISHING_RETAINED);
        }
        try (SteppedRelay relay = relay(source, Delivery.EXACTLY_ONCE)) {
            awaitEvents(relay, invoices, 1_500);
        }
        assertThat(data(invoices)).hasSize(1_500).doesNotHaveDuplicates();
    }

    /** The topic that could not be read may show that the database has lost commits, and then all types have to go on above its numbers. */
    @ParameterizedTest
    @EnumSource
    void firstStartThatHoldsATypeStillNoticesThatCommitsAreLost(Source source) throws Exception {
        if (source == Source.TABLE) {
            startWithoutRows(source);
        }
        topics.create(topic("order"));
        topics.refuse(topic("order"), Refusal.EVERYTHING);
        write("order", "o", "o1");
        write("invoice", "i", "i1");
        try (SteppedRelay relay = relay(source, Delivery.EXACTLY_ONCE)) {
            relay.stepUntil(invoices, 1);
            relay.stepUntil(RelayState.STREAMING);
            topics.allow(topic("order"));
            publishLost("order", 1_000);
            awaitEvents(relay, orders, 2);
        }
        assertThat(Long.parseLong(orders.all().get(1).headers().get("ce_sequence")))
                .isGreaterThan(1_000);
    }

    private void publishLost(String type, long sequence) throws Exception {
        String source = Objects.requireNonNull(database.query("select source from outbox limit 1"));
        LostRow.publish(topics.kafka(), topic(type), "o", source, sequence, UUID.randomUUID());
    }

    /** What it has published itself has numbers that no row has, because they are shifted. */
    @Test
    void catchingUpThatIsInterruptedAfterALossFindsNoOther() throws Exception {
        topics.create(topic("invoice"));
        topics.refuse(topic("order"), Refusal.CREATE);
        database.execute(rows(3_000, "case when n > 1 then 'order' else 'invoice' end"));
        publishLost("invoice", 50_000);
        try (SteppedRelay relay = relay(Source.WAL, Delivery.EXACTLY_ONCE)) {
            relay.stepUntil(invoices, 2);
            relay.stepUntil(RelayState.STREAMING);
            long raised = lastNumber();
            topics.allow(topic("order"));
            awaitEvents(relay, orders, 100);
            database.endSessions();
            awaitEvents(relay, orders, 2_999);
            relay.stepUntil(RelayState.STREAMING);
            assertThat(lastNumber()).isEqualTo(raised);
        }
        assertThat(data(orders)).doesNotHaveDuplicates();
    }

    /** Another relay may lead by then, and with at-least-once delivery both would publish. */
    @ParameterizedTest
    @EnumSource
    void relayThatHasLostTheLeadCatchesUpWithNothingMore(Source source) throws Exception {
        topics.refuse(topic("order"), Refusal.CREATE);
        database.execute(rows(3_000, "case when n > 1 then 'order' else 'invoice' end"));
        try (SteppedRelay relay = relay(source, Delivery.AT_LEAST_ONCE)) {
            relay.stepUntil(invoices, 1);
            relay.stepUntil(RelayState.STREAMING);
            topics.allow(topic("order"));
            awaitEvents(relay, orders, 1);
            assertThat(relay.state()).isEqualTo(RelayState.PUBLISHING_RETAINED);
            assertThat(
                            database.query(
                                    "select count(pg_terminate_backend(pid)) from pg_locks where locktype = 'advisory' and granted"
                                            + " and database = (select oid from pg_database where datname = current_database())"))
                    .isNotEqualTo("0");
            relay.moveTime(Duration.ofSeconds(1));
            relay.step();
            assertThat(relay.state()).isEqualTo(RelayState.RETRYING);
        }
    }

    /** They are no rows that cannot be published, which would be parked or given up. */
    @ParameterizedTest
    @EnumSource
    void moreTypesThanMayWaitStopTheRelayUntilTheirTopicTakesThem(Source source) throws Exception {
        int count = 102;
        Map<String, String> routes =
                IntStream.range(0, count).boxed().collect(Collectors.toMap(n -> "type" + n, n -> topic("order")));
        topics.create(topic("order"));
        topics.refuse(topic("order"), Refusal.WRITE);
        try (SteppedRelay relay = SteppedRelay.routing(routes, source, database, topics.kafka());
                PublishedEvents letters =
                        PublishedEvents.of(topics.kafka().bootstrapServers(), SteppedRelay.deadLetters(database))) {
            relay.stepUntil(RelayState.STREAMING);
            for (int n = 0; n < count; n++) {
                write("type" + n, "o", "o" + n);
            }
            relay.stepUntil(() -> {
                relay.moveTime(Duration.ofMillis(100));
                return relay.status().problem() != null
                        && relay.problem().message().startsWith("Events of 100 aggregate types wait");
            });
            topics.allow(topic("order"));
            awaitEvents(relay, orders, count);
            assertThat(data(orders)).hasSize(count).doesNotHaveDuplicates();
            assertThat(letters.all()).isEmpty();
        }
    }
}
