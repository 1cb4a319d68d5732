package dev.fullstate.outbox.retention;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

import dev.fullstate.outbox.store.Database;
import dev.fullstate.outbox.store.OutboxDatabase;
import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Leaves are retired while writers write to them and to others, while transactions stay open and while the relay lags. Each
 * committed row is in the end published or still there, and no writer has waited.
 */
@Timeout(value = 600, threadMode = ThreadMode.SEPARATE_THREAD)
class RetentionUnderLoadIT {

    private static final int WRITER_COUNT = 4;
    private static final int TRANSACTIONS_PER_WRITER = 2100;
    private static final int TRANSACTIONS_PER_LEAF = 100;
    private static final List<Integer> LATE_DAYS = List.of(8, 9, 10, 11, 12, 13, 14);
    private static final int HELD_DAYS = 10;

    private final AtomicBoolean writing = new AtomicBoolean(true);
    private final Semaphore checks = new Semaphore(0);

    @Test
    void writersNeverWaitAndNoUnpublishedRowIsLost() throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        try (PostgresServer postgres = PostgresServer.start();
                OutboxDatabase database = new OutboxDatabase(postgres);
                Connection holder = database.connect()) {
            // Open throughout the test, so that one leaf cannot be locked.
            holder.setAutoCommit(false);
            Set<Long> committed = new HashSet<>();
            long held = OutboxDatabase.insert(holder, HELD_DAYS, HELD_DAYS);

            Future<Set<Long>> relay = threads.submit(() -> publishUntilTheEnd(database));
            List<Retention> instances = List.of(retention(database), retention(database));
            List<Future<Void>> retentions = instances.stream()
                    .map(each -> threads.submit(() -> retire(each)))
                    .toList();
            List<Callable<Set<Long>>> writers = new ArrayList<>();
            for (int i = 0; i < WRITER_COUNT; i++) {
                Random random = new Random(i);
                writers.add(() -> write(database, random));
            }
            for (Future<Set<Long>> writer : threads.invokeAll(writers)) {
                committed.addAll(writer.get());
            }
            await().until(() -> Set.copyOf(database.days()).equals(Set.of(0, HELD_DAYS)));
            holder.commit();
            committed.add(held);
            writing.set(false);
            for (Future<Void> each : retentions) {
                each.get();
            }

            Set<Long> published = relay.get();
            assertThat(instances.stream().mapToLong(Retention::retiredCount).sum())
                    .as("leaves retired under load")
                    .isGreaterThanOrEqualTo(LATE_DAYS.size() - 1);
            Set<Long> lost = new HashSet<>(committed);
            lost.removeAll(published);
            lost.removeAll(rows(database));
            assertThat(lost).as("neither published nor there").isEmpty();
        } finally {
            threads.shutdownNow();
        }
    }

    private static Retention retention(OutboxDatabase database) {
        return new Retention(
                new Database(database.application()),
                new Retention.Options(true, Duration.ofDays(7), Duration.ofMinutes(1)));
    }

    private Void retire(Retention retention) {
        while (writing.get()) {
            retention.check();
            checks.release();
        }
        return null;
    }

    /**
     * Writes a row of today in each transaction, and in some of them a row of an old day, which changes every few transactions and
     * is at times the day of the held leaf. A writer may wait for a running truncation; a writer that waits behind a transaction
     * that waits for the holder would fail here.
     */
    private static Set<Long> write(OutboxDatabase database, Random random) throws SQLException {
        Set<Long> committed = new HashSet<>();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("set lock_timeout = '60s'");
            connection.setAutoCommit(false);
            for (int i = 0; i < TRANSACTIONS_PER_WRITER; i++) {
                Set<Long> rows = new HashSet<>();
                rows.add(OutboxDatabase.insert(connection, 0, 0));
                if (random.nextInt(3) == 0) {
                    int late = LATE_DAYS.get(i / TRANSACTIONS_PER_LEAF % LATE_DAYS.size());
                    rows.add(OutboxDatabase.insert(connection, late, late));
                }
                if (random.nextInt(10) == 0) {
                    connection.rollback();
                } else {
                    connection.commit();
                    committed.addAll(rows);
                }
            }
        }
        return committed;
    }

    /** Publishes as a relay that lags: reads the rows that a snapshot shows, and notes the snapshot afterwards. */
    private Set<Long> publishUntilTheEnd(OutboxDatabase database) throws Exception {
        Set<Long> published = new HashSet<>();
        try (Connection reader = database.connectAsOwner();
                Statement statement = reader.createStatement()) {
            reader.setAutoCommit(false);
            while (writing.get()) {
                statement.execute("set transaction isolation level repeatable read");
                String snapshot;
                try (ResultSet row = statement.executeQuery("select pg_current_snapshot()")) {
                    row.next();
                    snapshot = row.getString(1);
                }
                try (ResultSet rows = statement.executeQuery("select seq from outbox")) {
                    while (rows.next()) {
                        published.add(rows.getLong(1));
                    }
                }
                reader.commit();
                try (Statement note = reader.createStatement()) {
                    note.execute("""
                            insert into outbox_relay (pipeline, slot_name, snapshot, published_lsn, system_identifier)
                            select 'relay', 'slot', '%s', pg_current_wal_lsn(), system_identifier from pg_control_system()
                            on conflict (pipeline) do update set snapshot = excluded.snapshot
                            """.formatted(snapshot));
                }
                reader.commit();
                // Nothing can be retired while all leaves are read: leave some time in between.
                checks.drainPermits();
                checks.tryAcquire(2, 1, TimeUnit.SECONDS);
            }
        }
        return published;
    }

    private static Set<Long> rows(OutboxDatabase database) throws SQLException {
        Set<Long> rows = new HashSet<>();
        try (Connection connection = database.connectAsOwner();
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("select seq from outbox")) {
            while (found.next()) {
                rows.add(found.getLong(1));
            }
        }
        return rows;
    }
}
