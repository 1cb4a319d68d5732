package dev.fullstate.outbox.relay;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.fullstate.outbox.harness.outbox.OutboxInsert;
import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.relay.failure.FailureKind;
import dev.fullstate.outbox.relay.wal.WalSettings;
import dev.fullstate.outbox.test.PostgresServer;
import dev.fullstate.outbox.test.PublishedEvents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

/** Makes the first start, which publishes rows that were committed before the slot existed. */
@ExtendWith(OutputCaptureExtension.class)
class RetainedRowsIT extends RelayIntegrationTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String SYNC_REP = "pg_stat_activity where wait_event = 'SyncRep'";

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

    /** As Patroni does, for slots that its configuration names. */
    @Test
    void slotThatWasMadeBeforeTheFirstStartHidesNoOlderRow() throws SQLException {
        database.insert("a", "1");
        database.query("select pg_create_logical_replication_slot('" + database.name() + "', 'pgoutput')");
        database.insert("a", "2");
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(topic, 2);
        }
        assertThat(published()).containsExactly("1", "2");
    }

    /** Whatever comes before it is published, as where the stream brings such a row. */
    @Test
    void rowThatCannotBePublishedHoldsUpNoneBeforeIt() throws SQLException {
        database.insert("a", "1");
        database.insert("a", "2");
        database.insert("a", "x".repeat(20_000));
        database.insert("a", "4");
        try (SteppedRelay relay = SteppedRelay.of(database, Map.of("max.request.size", 10_000))) {
            relay.stepUntil(RelayState.RETRYING);
            assertThat(relay.problem().message()).contains("too large");
            relay.stepUntil(topic, 2);
            database.execute("update outbox set payload = '3' where length(payload) > 10000");
            relay.stepUntil(topic, 4);
        }
        assertThat(published()).containsExactly("1", "2", "3", "4");
    }

    /** They keep their transactions, of which the new server's snapshots say nothing. */
    @Test
    void rowsThatWereCopiedFromAnotherServerAreNotPassedOver() throws SQLException {
        database.execute(OutboxInsert.rows(3).with("payload", "n::text").with("xid", "'4000000000'::xid8"));
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.RETRYING);
            assertThat(relay.problem().message()).contains("of another server");
            assertThat(relay.problem().remedy()).startsWith("UPDATE ");
            database.execute(relay.problem().remedy());
            relay.stepUntil(topic, 3);
        }
        assertThat(published()).containsExactly("1", "2", "3");
    }

    @Test
    void databasesOwnLimitOfTransactionsDoesNotEndTheFirstStart() throws SQLException {
        assumeThat(database.query("select name from pg_settings where name = 'transaction_timeout'"))
                .as("PostgreSQL 17")
                .isNotNull();
        database.insert("a", "1");
        database.execute("alter database " + database.name() + " set transaction_timeout = '1s'");
        try (Connection other = database.connect();
                Statement statement = other.createStatement();
                SteppedRelay relay = SteppedRelay.of(database)) {
            statement.execute("set transaction_timeout = 0");
            String xid = begin(other);
            CompletableFuture<Void> streaming = CompletableFuture.runAsync(() -> relay.stepUntil(RelayState.STREAMING));
            awaitWaitingFor(database, xid);
            assertThat(streaming).failsWithin(Duration.ofSeconds(2)).withThrowableOfType(TimeoutException.class);
            other.rollback();
            assertThat(streaming).succeedsWithin(PATIENCE);
            assertThat(relay.statistics().failureCount(FailureKind.RETRY)).isZero();
        }
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

    /**
     * A slot is created while transactions end, and its snapshot is made from the WAL. A commit that waits for a standby is in the WAL and in
     * no query.
     */
    @Test
    void commitThatWaitsForAStandbyWhileTheSlotIsCreatedIsNotLost() throws Exception {
        try (PostgresServer server = OutboxDatabase.serverWithAnAbsentStandby();
                OutboxDatabase synchronous = OutboxDatabase.migrated(server);
                Connection first = synchronous.connect();
                Connection second = synchronous.connect();
                Connection writer = synchronous.connect();
                PublishedEvents events = PublishedEvents.of(
                        SharedServers.kafka().bootstrapServers(), SteppedRelay.topic(synchronous, "order"));
                SteppedRelay relay = SteppedRelay.of(synchronous)) {
            String firstXid = begin(first);
            CompletableFuture<Void> streaming = CompletableFuture.runAsync(() -> relay.stepUntil(RelayState.STREAMING));
            awaitWaitingFor(synchronous, firstXid);
            String secondXid = begin(second);
            first.rollback();
            awaitWaitingFor(synchronous, secondXid);
            // The slot need not wait for this one, which begins and commits while it waits for the others.
            CompletableFuture<Void> commit = CompletableFuture.runAsync(() -> insertAndWait(writer));
            await().atMost(PATIENCE).until(() -> count(synchronous, SYNC_REP) == 1);
            second.rollback();

            await().atMost(PATIENCE)
                    .until(() -> count(synchronous, "pg_replication_slots where confirmed_flush_lsn is not null") == 1);
            assertThat(streaming).failsWithin(Duration.ofSeconds(1)).withThrowableOfType(TimeoutException.class);
            assertThat(commit).isNotDone();
            synchronous.query("select pg_cancel_backend(pid) from " + SYNC_REP);
            assertThat(commit).succeedsWithin(PATIENCE);
            assertThat(streaming).succeedsWithin(PATIENCE);
            relay.stepUntil(events, 1);
        }
    }

    @Test
    void rowThatIsPublishedBeforeTheTableShowsItIsNotTakenForALostOne(CapturedOutput output) throws Exception {
        try (PostgresServer server = OutboxDatabase.serverWithAnAbsentStandby();
                OutboxDatabase synchronous = OutboxDatabase.migrated(server);
                Connection writer = synchronous.connect();
                PublishedEvents events = PublishedEvents.of(
                        SharedServers.kafka().bootstrapServers(), SteppedRelay.topic(synchronous, "order"));
                SteppedRelay relay = SteppedRelay.of(synchronous)) {
            relay.stepUntil(RelayState.STREAMING);
            synchronous.insert("a", "0");
            CompletableFuture<Void> commit = CompletableFuture.runAsync(() -> insertAndWait(writer));
            relay.stepUntil(events, 2);
            await().atMost(PATIENCE).until(() -> count(synchronous, SYNC_REP) == 1);
            synchronous.terminateWalSender();
            relay.stepUntil(RelayState.RETRYING);

            CompletableFuture<Void> streaming = CompletableFuture.runAsync(() -> relay.stepUntil(RelayState.STREAMING));
            assertThat(streaming).failsWithin(Duration.ofSeconds(1)).withThrowableOfType(TimeoutException.class);
            assertThat(commit).isNotDone();
            synchronous.query("select pg_cancel_backend(pid) from " + SYNC_REP);
            assertThat(streaming).succeedsWithin(PATIENCE);
            synchronous.insert("a", "2");
            relay.stepUntil(events, 3);
            assertThat(output).doesNotContain("has a gap");
            assertThat(count(synchronous, "outbox_job")).isZero();
        }
    }

    private static String begin(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement();
                ResultSet xid = statement.executeQuery("select pg_current_xact_id()")) {
            xid.next();
            return xid.getString(1);
        }
    }

    private static void awaitWaitingFor(OutboxDatabase database, String xid) {
        await().atMost(PATIENCE)
                .until(() -> count(
                                database,
                                "pg_locks where locktype = 'transactionid' and not granted and transactionid::text = '"
                                        + xid + "'")
                        == 1);
    }

    private static int count(OutboxDatabase database, String from) throws SQLException {
        return Integer.parseInt(Objects.requireNonNull(database.query("select count(*) from " + from)));
    }

    private static void insertAndWait(Connection writer) {
        try (Statement statement = writer.createStatement()) {
            statement.execute("set synchronous_commit = on");
            OutboxDatabase.insert(writer, "a", "1");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
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
        return ChangedSettings.of(wal)
                .slotCreationTimeout(Duration.ofSeconds(1))
                .settings();
    }

    private static String pid(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("select pg_backend_pid()")) {
            rows.next();
            return rows.getString(1);
        }
    }
}
