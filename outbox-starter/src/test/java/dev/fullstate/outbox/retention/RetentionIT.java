package dev.fullstate.outbox.retention;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import javax.sql.DataSource;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.datasource.DelegatingDataSource;

import dev.fullstate.outbox.contract.OutboxNames;
import dev.fullstate.outbox.harness.outbox.OutboxInsert;
import dev.fullstate.outbox.retention.OutboxState.Leaf;
import dev.fullstate.outbox.store.Database;
import dev.fullstate.outbox.store.Outbox;
import dev.fullstate.outbox.store.OutboxDatabase;
import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A leaf is retired when it is old, published and not in use, and only then. The application's role owns nothing. */
@ExtendWith(OutputCaptureExtension.class)
@Timeout(value = 300, threadMode = ThreadMode.SEPARATE_THREAD)
class RetentionIT {

    private static final Duration WEEK = Duration.ofDays(7);
    private static final String RELAY = "relay";

    static PostgresServer postgres;

    private OutboxDatabase database;
    private Retention retention;

    @BeforeAll
    static void startPostgres() {
        postgres = PostgresServer.start(0, Map.of("max_prepared_transactions", "5"));
    }

    @AfterAll
    static void stopPostgres() {
        postgres.close();
    }

    @BeforeEach
    void migrate() throws SQLException {
        database = new OutboxDatabase(postgres);
        retention = retention(true);
    }

    @AfterEach
    void disconnect() throws SQLException {
        database.close();
    }

    private Retention retention(boolean enabled) {
        return new Retention(
                new Database(database.application()), new Retention.Options(enabled, WEEK, Duration.ofMinutes(1)));
    }

    private Leaf leaf(int daysAgo) {
        return retention.lastState().orElseThrow().leaves().stream()
                .filter(leaf -> leaf.daysAgo() == daysAgo)
                .findFirst()
                .orElseThrow();
    }

    private String reason(int daysAgo) {
        return leaf(daysAgo).obstacle().reason();
    }

    @Test
    void leafIsRetiredWhenItsDayIsPastTheRetentionAndItsRowsArePublished() throws SQLException {
        for (int daysAgo : new int[] {0, 6, 7, 8, 14}) {
            database.insert(daysAgo);
        }
        database.notePublished(RELAY);

        retention.check();

        // The day before the eighth ended less than seven days ago.
        assertThat(database.days()).containsExactly(7, 6, 0);
        assertThat(retention.retiredCount()).isEqualTo(2);
        assertThat(retention.lastState().orElseThrow().retirement().last().day())
                .isEqualTo(leaf(14).day());
    }

    @Test
    void unpublishedRowKeepsItsLeaf() throws SQLException {
        database.insert(9);
        database.notePublished(RELAY);
        database.insert(9);

        retention.check();
        assertThat(database.days()).containsExactly(9, 9);
        assertThat(reason(9)).isEqualTo("Not all of its rows are published by pipeline relay");

        database.notePublished(RELAY);
        retention.check();
        assertThat(database.days()).isEmpty();
        assertThat(leaf(9).obstacle()).isNull();
    }

    @Test
    void transactionRunningInTheRelaysSnapshotKeepsItsLeaf() throws SQLException {
        try (Connection slow = database.connect();
                Connection quick = database.connect()) {
            slow.setAutoCommit(false);
            OutboxDatabase.insert(slow, 9, 9);
            OutboxDatabase.insert(quick, 0, 0);
            database.notePublished(RELAY);
            slow.commit();
        }
        retention.check();
        assertThat(database.days()).containsExactly(9, 0);

        database.notePublished(RELAY);
        retention.check();
        assertThat(database.days()).containsExactly(0);
    }

    @Test
    void leafStaysUntilEveryPipelineHasPublishedItsRows() throws SQLException {
        database.notePublished("behind");
        database.insert(9);
        database.notePublished(RELAY);

        retention.check();
        assertThat(database.days()).containsExactly(9);
        assertThat(reason(9)).endsWith("by pipeline behind");

        database.execute("delete from outbox_relay where pipeline = 'behind'");
        retention.check();
        assertThat(database.days()).isEmpty();
    }

    /** SQL by hand may say of a row that it was written at any time. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "infinity",
                "-infinity",
                "20000-01-01 00:00:00+00",
                "9999-12-31 00:00:00+00",
                "4713-01-01 00:00:00+00 BC"
            })
    void impossibleTimeOfARowDoesNotKeepItsLeaf(String time) throws SQLException {
        database.insert(9);
        database.execute(OutboxInsert.row()
                .inLeafOf(9)
                .with("created_at", "'" + time + "'")
                .sql());
        database.notePublished(RELAY);

        retention.check();
        assertThat(database.days()).isEmpty();
    }

    @Test
    void impossibleTimeOfARowDoesNotTakeALateOneFromItsWeek() throws SQLException {
        try (Connection connection = database.connect()) {
            OutboxDatabase.insert(connection, 9, 6);
        }
        database.execute(
                OutboxInsert.row().inLeafOf(9).with("created_at", "'-infinity'").sql());
        database.notePublished(RELAY);

        retention.check();
        assertThat(database.days()).containsExactly(9, 9);
    }

    @Test
    void withoutARelayNoLeafIsRetired() throws SQLException {
        database.insert(9);
        retention.check();
        assertThat(database.days()).containsExactly(9);
        assertThat(reason(9)).startsWith("No relay has noted");
    }

    @Test
    void noteFromTheDumpOfAnotherServerDoesNotCount() throws SQLException {
        database.insert(9);
        database.notePublished(RELAY, "900000000:900000000:");
        database.execute("update outbox_relay set system_identifier = 42");

        retention.check();
        assertThat(database.days()).containsExactly(9);
        assertThat(reason(9)).endsWith("by pipeline relay (noted on another server)");
    }

    @Test
    void rowWrittenLateByALongTransactionIsKeptForItsOwnWeek() throws SQLException {
        try (Connection connection = database.connect()) {
            OutboxDatabase.insert(connection, 9, 6);
        }
        database.notePublished(RELAY);
        retention.check();
        assertThat(database.days()).containsExactly(9);
        assertThat(reason(9)).contains("written less than 168 h ago");
    }

    @Test
    void retentionDoesNotWaitForUsersOfTheLeafAndNoStatementWaitsBehindIt() throws SQLException {
        database.insert(9);
        database.notePublished(RELAY);
        try (Connection slow = database.connect();
                Connection writer = database.connect();
                Connection reader = database.connectAsOwner()) {
            slow.setAutoCommit(false);
            OutboxDatabase.insert(slow, 9, 9);
            setShortLockTimeout(writer);
            setShortLockTimeout(reader);

            retention.check();
            OutboxDatabase.insert(writer, 9, 9);
            try (Statement statement = reader.createStatement()) {
                statement.execute("select from outbox");
            }
            assertThat(database.days()).containsExactly(9, 9);
            assertThat(reason(9)).matches("Transactions use it: pid \\d+");
            slow.commit();
        }
        database.notePublished(RELAY);
        retention.check();
        assertThat(database.days()).isEmpty();
    }

    @Test
    void rowCommittedJustBeforeTheLockKeepsItsLeaf() throws SQLException {
        database.insert(9);
        database.notePublished(RELAY);
        DataSource dataSource = new DelegatingDataSource(database.application().dataSource()) {
            @Override
            public Connection getConnection() throws SQLException {
                return beforeTheLock(super.getConnection(), () -> database.insert(9));
            }
        };
        retention = new Retention(
                new Database(new Outbox(dataSource, OutboxNames.DEFAULT)),
                new Retention.Options(true, WEEK, Duration.ofMinutes(1)));

        retention.check();
        assertThat(database.days()).containsExactly(9, 9);
        assertThat(reason(9)).startsWith("Not all of its rows are published");
    }

    /** Returns the connection, with an action before it locks a table. */
    private static Connection beforeTheLock(Connection connection, SqlAction action) {
        return (Connection) Proxy.newProxyInstance(
                RetentionIT.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    if (arguments != null && String.valueOf(arguments[0]).startsWith("lock table")) {
                        action.run();
                    }
                    return method.invoke(connection, arguments);
                });
    }

    private interface SqlAction {

        void run() throws SQLException;
    }

    private static void setShortLockTimeout(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("set lock_timeout = '60s'");
        }
    }

    @Test
    void preparedTransactionThatUsesTheLeafIsNamed() throws SQLException {
        database.insert(9);
        database.notePublished(RELAY);
        try (Connection distributed = database.connect();
                Statement statement = distributed.createStatement()) {
            distributed.setAutoCommit(false);
            OutboxDatabase.insert(distributed, 9, 9);
            statement.execute("prepare transaction 'distributed'");
        }
        retention.check();
        assertThat(database.days()).containsExactly(9);
        assertThat(reason(9)).isEqualTo("Transactions use it: a prepared transaction");

        database.execute("rollback prepared 'distributed'");
        retention.check();
        assertThat(database.days()).isEmpty();
    }

    @Test
    void twoSimultaneousInstancesRetireALeafOnce() throws Exception {
        Retention other = retention(true);
        ExecutorService instances = Executors.newFixedThreadPool(2);
        try {
            for (int round = 1; round <= 20; round++) {
                database.insert(9);
                database.notePublished(RELAY);
                // Where each instance finds that the other one uses the leaf, both leave it for the next check.
                while (!database.days().isEmpty()) {
                    CyclicBarrier both = new CyclicBarrier(2);
                    Future<?> first = instances.submit(() -> checkTogether(both, retention));
                    Future<?> second = instances.submit(() -> checkTogether(both, other));
                    first.get();
                    second.get();
                }
                assertThat(retention.retiredCount() + other.retiredCount()).isEqualTo(round);
            }
        } finally {
            instances.shutdownNow();
        }
    }

    private static Void checkTogether(CyclicBarrier barrier, Retention instance) throws Exception {
        barrier.await();
        instance.check();
        return null;
    }

    @Test
    void retentionThatIsSwitchedOffOnlyReportsTheState() throws SQLException {
        database.revoke("truncate on outbox_00");
        database.insert(9);
        database.notePublished(RELAY);
        retention = retention(false);
        retention.check();
        assertThat(database.days()).containsExactly(9);
        assertThat(leaf(9).overdue()).isTrue();
        assertThat(retention.lastState().orElseThrow().obstacle()).isNull();
    }

    @Test
    void rowsThatWaitForAnOperatorKeepTheirLeafAndNoOther() throws SQLException {
        database.insert(11);
        database.insert(10);
        database.insert(9);
        database.notePublished(RELAY);
        // One waits by its number, and one by its aggregate and the range.
        database.execute("insert into outbox_parked select '" + RELAY
                + "', 'other', 'other', array[seq], 0, -1, 1, 1, 'too large',"
                + " false, now() from outbox order by seq limit 1");
        database.execute("insert into outbox_parked select '" + RELAY
                + "', aggregatetype, aggregateid, '{}', seq, seq, 1, 1, 'too large',"
                + " false, now() from outbox order by seq limit 1 offset 1");
        retention.check();
        assertThat(database.days()).containsExactly(11, 10);
        assertThat(leaf(10).obstacle().reason()).startsWith("It has rows that wait for an operator, of ");

        database.execute("delete from outbox_parked");
        retention.check();
        assertThat(database.days()).isEmpty();
    }

    @Test
    void missingRightsAreLoggedOnceWithTheirGrantsAndRetentionGoesOnWithThem(CapturedOutput output)
            throws SQLException {
        database.revoke("select on outbox_relay");
        database.revoke("truncate on outbox_03");
        database.insert(9);
        database.notePublished(RELAY);

        retention.check();
        retention.check();
        assertThat(database.days()).containsExactly(9);
        String relays = "GRANT SELECT ON outbox_relay TO " + database.role() + ";";
        String leaf = "GRANT SELECT, TRUNCATE ON outbox_03 TO " + database.role() + ";";
        assertThat(output).containsOnlyOnce(relays + " " + leaf);
        assertThat(retention.state().obstacle().remedy()).isEqualTo(relays + " " + leaf);

        database.execute(relays + leaf);
        retention.check();
        assertThat(database.days()).isEmpty();
    }

    @Test
    void missingTablesAreLoggedOnce(CapturedOutput output) throws SQLException {
        database.execute("drop table outbox_relay");
        retention.check();
        retention.check();
        assertThat(output).containsOnlyOnce("The tables outbox and outbox_relay do not exist");
    }

    @Test
    void leafThatIsUsedAgainTomorrowIsWarnedOfOnce(CapturedOutput output) throws SQLException {
        database.notePublished(RELAY);
        database.insert(14);
        retention.check();
        assertThat(output).doesNotContain("used again tomorrow");

        database.insert(15);
        retention.check();
        retention.check();
        assertThat(output)
                .containsOnlyOnce("is used again tomorrow")
                .contains("Not all of its rows are published by pipeline relay")
                .contains("delete from outbox_relay where pipeline = '...';");
    }

    @Test
    void noCheckReadsAWholeLeaf() throws SQLException {
        try (Connection slow = database.connect()) {
            slow.setAutoCommit(false);
            OutboxDatabase.insert(slow, 0, 0);
            for (int daysAgo : new int[] {0, 3, 9}) {
                database.insertMany(daysAgo, 20_000);
            }
            database.notePublished(RELAY);
            database.insertMany(0, 20_000);
            database.execute("analyze outbox");
            database.execute("select pg_stat_reset()");
            slow.commit();
        }
        retention.check();
        assertThat(retention.retiredCount()).isEqualTo(1);
        assertThat(retention.lastState().orElseThrow().oldestUnpublished()).isNotNull();

        database.awaitStatistics();
        assertThat(database.query("select sum(idx_scan) from pg_stat_user_tables where relname like 'outbox\\___'"))
                .isNotEqualTo("0");
        assertThat(database.query("select string_agg(relname || ': ' || seq_tup_read, ', ') from pg_stat_user_tables"
                        + " where relname like 'outbox\\___' and seq_tup_read > 1000"))
                .isNull();
    }

    @Test
    void threadChecksAgainAndAgainUntilItIsStopped() throws Exception {
        Retention running = new Retention(
                new Database(database.application()), new Retention.Options(true, WEEK, Duration.ofMillis(20)));
        running.start();
        database.insert(9);
        database.notePublished(RELAY);
        await().until(() -> running.retiredCount() == 1);
        assertThat(running.isRunning()).isTrue();
        running.stop();
        assertThat(running.isRunning()).isFalse();
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .doesNotContain("outbox-retention");
    }

    @Test
    void failureIsLoggedOnceAndTheCheckIsRepeated(CapturedOutput output) throws SQLException {
        Retention running = new Retention(
                new Database(database.application()), new Retention.Options(true, WEEK, Duration.ofMillis(20)));
        database.execute("alter role " + database.role() + " nologin");
        running.start();
        try {
            await().until(() -> output.getOut().contains("The check of the outbox has failed"));
            assertThat(running.lastState()).isEmpty();
            database.execute("alter role " + database.role() + " login");
            await().until(() -> running.lastState().isPresent());
            assertThat(output).containsOnlyOnce("The check of the outbox has failed");
        } finally {
            running.stop();
        }
    }
}
