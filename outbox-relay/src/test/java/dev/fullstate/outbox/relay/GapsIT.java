package dev.fullstate.outbox.relay;

import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import dev.fullstate.outbox.harness.outbox.OutboxInsert;
import dev.fullstate.outbox.relay.publish.PublisherSettings.Delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/** Changes the slot and the publication in all ways that operators have: each event arrives, in its order, and once if that is promised. */
class GapsIT extends RelayIntegrationTest {

    /** A leaf into which no row of today or tomorrow goes. */
    @SuppressWarnings("TimeInStaticInitializer") // The same one before and after midnight.
    private static final String LEAF =
            "%02d".formatted((LocalDate.now(ZoneOffset.UTC).toEpochDay() + 8) % 16);

    private static final String PUBLICATION =
            "create publication outbox for table outbox with (publish = 'insert', publish_via_partition_root = true)";

    /** A change by an operator, before and after which rows are written. */
    private enum Change {
        SLOT_DROPPED("select pg_drop_replication_slot('%s')", "select"),
        SLOT_RECREATED(
                "select pg_drop_replication_slot('%s')", "select pg_create_logical_replication_slot('%s', 'pgoutput')"),
        SLOT_ADVANCED("select", "select pg_replication_slot_advance('%s', pg_current_wal_insert_lsn())"),
        PUBLICATION_RECREATED("drop publication outbox", PUBLICATION),
        TABLE_OUT_OF_THE_PUBLICATION(
                "alter publication outbox drop table outbox", "alter publication outbox add table outbox"),
        INSERTS_NOT_PUBLISHED(
                "alter publication outbox set (publish = 'update')",
                "alter publication outbox set (publish = 'insert')"),
        PARTITIONS_PUBLISHED_AS_THEMSELVES(
                "alter publication outbox set (publish_via_partition_root = false)",
                "alter publication outbox set (publish_via_partition_root = true)"),
        ROWS_FILTERED(
                "alter publication outbox set table outbox where (bucket < 0)",
                "alter publication outbox set table outbox"),
        COLUMNS_LEFT_OUT(
                "alter publication outbox set table outbox (seq, id, bucket)",
                "alter publication outbox set table outbox"),
        LEAF_OUT_OF_THE_TABLE(
                "alter table outbox detach partition outbox_" + LEAF,
                "alter table outbox attach partition outbox_" + LEAF + " for values in ('" + LEAF + "')");

        private final String before;
        private final String after;

        Change(String before, String after) {
            this.before = before;
            this.after = after;
        }

        boolean isOfTheSlot() {
            return name().startsWith("SLOT");
        }
    }

    private int count;

    /** Pairs each change with each delivery, and the two flags in turn. */
    private static Stream<Arguments> some() {
        List<Arguments> some = new ArrayList<>();
        boolean flag = true;
        for (Change change : Change.values()) {
            some.add(Arguments.of(change, Delivery.EXACTLY_ONCE, flag));
            some.add(Arguments.of(change, Delivery.AT_LEAST_ONCE, !flag));
            flag = !flag;
        }
        return some.stream();
    }

    private static Stream<Arguments> others() {
        return some().map(Arguments::get).map(one -> Arguments.of(one[0], one[1], !(Boolean) one[2]));
    }

    @ParameterizedTest
    @MethodSource("some")
    void changeWhileNoRelayRunsLosesNothing(Change change, Delivery delivery, boolean unconfirmed) throws SQLException {
        changeWhileNoRelayRuns(change, delivery, unconfirmed);
    }

    @ParameterizedTest
    @MethodSource("others")
    @Tag("long")
    void changeWhileNoRelayRunsLosesNothingInOtherCombinations(Change change, Delivery delivery, boolean unconfirmed)
            throws SQLException {
        changeWhileNoRelayRuns(change, delivery, unconfirmed);
    }

    private void changeWhileNoRelayRuns(Change change, Delivery delivery, boolean unconfirmed) throws SQLException {
        assumeKnown(change);
        try (SteppedRelay relay = SteppedRelay.of(delivery, database)) {
            relay.stepUntil(RelayState.STREAMING);
            publish(relay, 5);
            if (unconfirmed) {
                // Rows that are published and not confirmed stay in the slot's stream.
                database.terminateSessions();
            }
        }
        database.terminateSessions();
        insert(3);
        change(change);
        insert(3);
        try (SteppedRelay relay = SteppedRelay.of(delivery, database)) {
            relay.stepUntil(topic, count);
            publish(relay, 2);
        }
        assertPublished(delivery);
    }

    private void publish(SteppedRelay relay, int rows) throws SQLException {
        insert(rows);
        relay.stepUntil(topic, count);
    }

    @ParameterizedTest
    @MethodSource("some")
    void changeWhileARelayRunsLosesNothing(Change change, Delivery delivery, boolean quick) throws SQLException {
        changeWhileARelayRuns(change, delivery, quick);
    }

    @ParameterizedTest
    @MethodSource("others")
    @Tag("long")
    void changeWhileARelayRunsLosesNothingInOtherCombinations(Change change, Delivery delivery, boolean quick)
            throws SQLException {
        changeWhileARelayRuns(change, delivery, quick);
    }

    private void changeWhileARelayRuns(Change change, Delivery delivery, boolean quick) throws SQLException {
        assumeKnown(change);
        try (SteppedRelay relay = SteppedRelay.of(delivery, database)) {
            relay.stepUntil(RelayState.STREAMING);
            publish(relay, 5);
            if (change.isOfTheSlot()) {
                database.terminateWalSender();
            }
            if (quick) {
                change(change);
            } else {
                database.execute(change.before.formatted(database.name()));
                insert(3);
                relay.step();
                database.execute(change.after.formatted(database.name()));
            }
            insert(3);
            relay.stepUntil(topic, count);
            publish(relay, 2);
        }
        assertPublished(delivery);
    }

    @ParameterizedTest
    @EnumSource
    void gapInAFirstStartLosesNothing(Delivery delivery) throws SQLException {
        // Several times what may be in flight, so that the fill is far from its end when the first are published.
        insert(3_000);
        try (SteppedRelay relay = SteppedRelay.of(delivery, database)) {
            relay.stepUntil(topic, 100);
            assertThat(relay.state()).isEqualTo(RelayState.PUBLISHING_RETAINED);
            database.terminateSessions();
            insert(3);
            change(Change.SLOT_RECREATED);
            insert(3);
            relay.stepUntil(topic, count);
        }
        assertPublished(delivery);
    }

    /** No walsender reads the slot while the table is published, so its change does not end the relay's connections. */
    @ParameterizedTest
    @EnumSource(names = {"SLOT_DROPPED", "SLOT_RECREATED", "SLOT_ADVANCED"})
    void slotChangedWhileTheTableIsPublishedLosesAndRepeatsNothing(Change change) throws SQLException {
        // Several times what may be in flight, so that the fill is far from its end when the first are published.
        insert(3_000);
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(topic, 100);
            assertThat(relay.state()).isEqualTo(RelayState.PUBLISHING_RETAINED);
            insert(3);
            change(change);
            insert(3);
            relay.stepUntil(topic, count);
        }
        assertPublished(Delivery.EXACTLY_ONCE);
    }

    @Test
    void relayGoesOnWithoutRowsThatWereRemovedWithTheSlot() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            insert(5);
            relay.stepUntil(topic, 5);
        }
        database.terminateSessions();
        insert(3);
        change(Change.SLOT_DROPPED);
        database.execute("truncate outbox");
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "later");
            relay.stepUntil(topic, 6);
        }
        assertThat(published()).containsExactly("1", "2", "3", "4", "5", "later");
    }

    @ParameterizedTest
    @EnumSource
    void unloggedPartitionIsRefusedAndItsRowsArriveAfterTheStatementOfTheRemedy(Delivery delivery) throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(delivery, database)) {
            relay.stepUntil(RelayState.STREAMING);
            insert(5);
            relay.stepUntil(topic, 5);
            String partition = database.query("select tableoid::regclass from outbox limit 1");
            database.execute("alter table " + partition + " set unlogged");
            insert(3);
            relay.moveTime(Duration.ofSeconds(4));
            relay.stepUntil(() -> hasProblem(relay, "Table " + partition + " is UNLOGGED"));
            assertThat(topic.all()).hasSize(5);
            // The server may still hold the connection that the relay has given up.
            database.terminateWalSender();
            database.execute(relay.problem().remedy());
            insert(3);
            relay.stepUntil(topic, count);
        }
        assertPublished(delivery);
    }

    private static boolean hasProblem(SteppedRelay relay, String text) {
        RelayStatus.Problem problem = relay.status().problem();
        return problem != null && problem.message().contains(text);
    }

    private void change(Change change) throws SQLException {
        database.execute(change.before.formatted(database.name()));
        insert(3);
        database.execute(change.after.formatted(database.name()));
    }

    private void insert(int rows) throws SQLException {
        database.execute(OutboxInsert.rows(rows).with("payload", "(%d + n)::text".formatted(count)));
        count += rows;
    }

    /** Skips row filters and column lists on servers before PostgreSQL 15, which do not know them. */
    private void assumeKnown(Change change) throws SQLException {
        if (change == Change.ROWS_FILTERED || change == Change.COLUMNS_LEFT_OUT) {
            assumeThat(database.query("select current_setting('server_version_num')::integer >= 150000"))
                    .isEqualTo("t");
        }
    }

    private void assertPublished(Delivery delivery) {
        List<Integer> all = published().stream().map(Integer::valueOf).toList();
        List<Integer> applied = new ArrayList<>();
        for (int number : all) {
            if (applied.isEmpty() || number > applied.get(applied.size() - 1)) {
                applied.add(number);
            }
        }
        assertThat(applied).as("without repeats").containsExactlyElementsOf(numbers());
        assertThat(all).as("last event").endsWith(count);
        if (delivery == Delivery.EXACTLY_ONCE) {
            assertThat(all).isEqualTo(applied);
        }
    }

    private List<Integer> numbers() {
        return IntStream.rangeClosed(1, count).boxed().toList();
    }
}
