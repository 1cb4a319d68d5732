package dev.fullstate.outbox.relay;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Whatever is done to the slot or the publication: each event arrives, once, and in its order. */
class GapsIT extends RelayIntegrationTest {

    private static final String PUBLICATION =
            "create publication outbox for table outbox with (publish = 'insert', publish_via_partition_root = true)";

    /** What somebody does, around rows that are written meanwhile. */
    private enum Change {
        SLOT_DROPPED("select pg_drop_replication_slot('%s')", "select"),
        SLOT_MADE_ANEW(
                "select pg_drop_replication_slot('%s')", "select pg_create_logical_replication_slot('%s', 'pgoutput')"),
        SLOT_ADVANCED("select", "select pg_replication_slot_advance('%s', pg_current_wal_insert_lsn())"),
        PUBLICATION_MADE_ANEW("drop publication outbox", PUBLICATION),
        TABLE_OUT_OF_THE_PUBLICATION(
                "alter publication outbox drop table outbox", "alter publication outbox add table outbox"),
        INSERTS_NOT_PUBLISHED(
                "alter publication outbox set (publish = 'update')",
                "alter publication outbox set (publish = 'insert')"),
        LEAF_OUT_OF_THE_TABLE(
                "alter table outbox detach partition outbox_00",
                "alter table outbox attach partition outbox_00 for values in (0)");

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

    private static Stream<Arguments> changes() {
        return Stream.of(Change.values())
                .flatMap(change -> Stream.of(true, false).map(again -> Arguments.of(change, again)));
    }

    @ParameterizedTest
    @MethodSource("changes")
    void changeWhileNoRelayRunsLosesAndRepeatsNothing(Change change, boolean unconfirmed) throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            insert(5);
            relay.stepUntil(topic, 5);
            if (unconfirmed) {
                // What is published and not confirmed would come again.
                database.terminateSessions();
            }
        }
        database.terminateSessions();
        insert(3);
        change(change);
        insert(3);
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(topic, count);
            insert(2);
            relay.stepUntil(topic, count);
        }
        assertThat(published()).containsExactlyElementsOf(numbers());
    }

    @ParameterizedTest
    @MethodSource("changes")
    void changeWhileARelayRunsLosesAndRepeatsNothing(Change change, boolean quick) throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            insert(5);
            relay.stepUntil(topic, 5);
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
            insert(2);
            relay.stepUntil(topic, count);
        }
        assertThat(published()).containsExactlyElementsOf(numbers());
    }

    @Test
    void gapInAFirstStartLosesAndRepeatsNothing() throws SQLException {
        insert(2_000);
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(topic, 100);
            assertThat(relay.state()).isEqualTo(RelayState.PUBLISHING_RETAINED);
            database.terminateSessions();
            insert(3);
            change(Change.SLOT_MADE_ANEW);
            insert(3);
            relay.stepUntil(topic, count);
        }
        assertThat(published()).containsExactlyElementsOf(numbers());
    }

    /** Nobody streams from the slot meanwhile, so the relay is not told, and its connection stays. */
    @ParameterizedTest
    @EnumSource(names = {"SLOT_DROPPED", "SLOT_MADE_ANEW", "SLOT_ADVANCED"})
    void slotThatIsMovedWhileRowsArePublishedFromTheTableLosesAndRepeatsNothing(Change change) throws SQLException {
        insert(2_000);
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(topic, 100);
            assertThat(relay.state()).isEqualTo(RelayState.PUBLISHING_RETAINED);
            insert(3);
            change(change);
            insert(3);
            relay.stepUntil(topic, count);
        }
        assertThat(published()).containsExactlyElementsOf(numbers());
    }

    @Test
    void rowsThatAreGoneWithTheSlotAreNotInvented() throws SQLException {
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

    private void change(Change change) throws SQLException {
        database.execute(change.before.formatted(database.name()));
        insert(3);
        database.execute(change.after.formatted(database.name()));
    }

    private void insert(int rows) throws SQLException {
        List<String> values = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            values.add("(gen_random_uuid(), 'order', 'a', 'T', '" + ++count
                    + "', 'urn:test', gen_random_uuid(), 'update')");
        }
        database.execute(
                "insert into outbox (id, aggregatetype, aggregateid, type, payload, source, changeid, operation) values "
                        + String.join(", ", values));
    }

    private List<String> numbers() {
        return IntStream.rangeClosed(1, count).mapToObj(String::valueOf).toList();
    }
}
