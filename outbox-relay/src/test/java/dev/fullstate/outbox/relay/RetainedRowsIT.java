package dev.fullstate.outbox.relay;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.harness.outbox.OutboxInsert;
import dev.fullstate.outbox.relay.wal.WalSettings;

import static org.assertj.core.api.Assertions.assertThat;

/** Makes the first start, which publishes rows that were committed before the slot existed. */
class RetainedRowsIT extends RelayIntegrationTest {

    @Test
    void rowsCommittedBeforeTheSlotExistedArriveOnceAndBeforeAllOthers() throws SQLException {
        database.execute(OutboxInsert.rows(1000).with("payload", "n::text"));
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "1001");
            relay.stepUntil(topic, 1001);
        }
        assertThat(published())
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, 1001).mapToObj(String::valueOf).toList());
    }

    @Test
    void changesCommittedWhileRetainedRowsArePublishedFollowThem() throws SQLException {
        database.insert("a", "1");
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.PUBLISHING_RETAINED);
            database.insert("a", "2");
            relay.stepUntil(topic, 2);
        }
        assertThat(published()).containsExactly("1", "2");
    }

    @Test
    void slotIsCreatedForAnEmptyTableToo() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            assertThat(database.hasSlot()).isTrue();
            assertThat(database.query("select count(*) from pg_replication_slots where slot_name like '"
                            + database.name() + "%' and temporary"))
                    .isEqualTo("0");
        }
    }

    @Test
    void cutOffFirstStartGoesOnWithoutRepeats() throws SQLException {
        database.insert("a", "1");
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.PUBLISHING_RETAINED);
            database.terminateSessions();
            relay.stepUntil(RelayState.RETRYING);

            relay.stepUntil(RelayState.STREAMING);
        }
        awaitPublished("1");
    }

    @Test
    void secondRelayStandsByWhileTheFirstMakesItsFirstStart() throws SQLException {
        database.insert("a", "1");
        try (SteppedRelay first = SteppedRelay.of(database);
                SteppedRelay second = SteppedRelay.of(database)) {
            first.stepUntil(RelayState.PUBLISHING_RETAINED);
            second.stepUntil(RelayState.STANDBY);
            first.stepUntil(RelayState.STREAMING);
            second.step();
            assertThat(second.state()).isEqualTo(RelayState.STANDBY);
        }
        awaitPublished("1");
    }

    @Test
    void sessionTimeoutOfTheDatabaseDoesNotCutTheFirstStartOff() throws SQLException {
        database.execute("alter database " + database.name() + " set idle_in_transaction_session_timeout = '50ms'");
        database.execute("alter database " + database.name() + " set statement_timeout = '50ms'");
        database.insert("a", "1");
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.PUBLISHING_RETAINED);
            // This is longer than the timeouts; one that does not strike leaves nothing to wait for.
            database.query("select pg_sleep(0.3)");
            relay.stepUntil(RelayState.STREAMING);
        }
        awaitPublished("1");
    }

    @Test
    void firstStartDoesNotBeginWithoutAFreeSlot() throws SQLException {
        String free = database.query(
                "select current_setting('max_replication_slots')::integer - count(*)" + " from pg_replication_slots");
        String fill =
                "select pg_create_physical_replication_slot('fill_' || n) from generate_series(1, " + free + ") n";
        database.execute(fill);
        database.insert("a", "1");
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.RETRYING);
            assertThat(relay.problem().message()).contains("no free replication slot");
            assertThat(relay.problem().remedy()).contains("max_replication_slots");
        } finally {
            database.execute("select pg_drop_replication_slot(slot_name) from pg_replication_slots"
                    + " where slot_name like 'fill\\_%'");
        }
        assertThat(published()).isEmpty();
    }

    @Test
    void slotCreationThatATransactionBlocksTimesOutAndNamesIt() throws SQLException {
        try (Connection open = database.connect();
                SteppedRelay relay = SteppedRelay.of(database, Map.of(), RetainedRowsIT::impatient)) {
            open.setAutoCommit(false);
            OutboxDatabase.insert(open, "a", "1");
            String pid = pid(open);

            relay.stepUntil(RelayState.RETRYING);

            assertThat(relay.problem().message()).contains("could not be created within 1 s", "pid " + pid);
            open.commit();
            relay.stepUntil(RelayState.STREAMING);
        }
    }

    private static WalSettings impatient(WalSettings wal) {
        return new WalSettings(
                wal.url(),
                wal.username(),
                wal.password(),
                wal.publication(),
                wal.slotName(),
                wal.connectTimeout(),
                wal.queryTimeout(),
                Duration.ofSeconds(1),
                wal.walSenderTimeout());
    }

    private static String pid(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("select pg_backend_pid()")) {
            rows.next();
            return rows.getString(1);
        }
    }
}
