package dev.fullstate.outbox.faults;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.faults.load.Mix;

import static org.assertj.core.api.Assertions.assertThat;

/** Commits amounts that do not fit into memory, and that a relay need not keep. */
@Tag("long")
class MillionRowsIT {

    private static final int ROWS = 1_000_000;
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final long MEGABYTE = 1024 * 1024;
    private static final long MOST_RETAINED = 64 * MEGABYTE;
    private static final Mix ONE_WRITER = new Mix(1, 10, 100, ROWS, 100);

    private static final Map<String, String> IMPATIENT_SERVER =
            Map.of("outbox.relay.wal-sender-timeout", "3s", "outbox.relay.kafka-timeout", "1s");

    @Test
    void transactionOfAMillionEventsPassesThroughASmallHeap() throws SQLException {
        try (Scenario scenario = Scenario.of(ONE_WRITER, IMPATIENT_SERVER).with("-Xmx128m")) {
            scenario.startRelay();
            long timeouts = scenario.outbox.walSenderTimeoutCount();
            String walSender = scenario.walSender();
            scenario.workload.commit(1);
            scenario.patience(PATIENCE).until("all are published", () -> scenario.published.distinctCount() >= ROWS);
            assertThat(scenario.walSender()).as("the same stream all the time").isEqualTo(walSender);
            assertThat(scenario.outbox.walSenderTimeoutCount()).isEqualTo(timeouts);
            scenario.assertExactlyOnce();
        }
    }

    @Test
    void transactionOfAMillionRowsOfOtherTablesIsIgnoredAndReleased() throws SQLException {
        try (Scenario scenario = Scenario.of(Mix.ORDINARY, IMPATIENT_SERVER)) {
            scenario.startRelay();
            long timeouts = scenario.outbox.walSenderTimeoutCount();
            String walSender = scenario.walSender();
            scenario.outbox.execute(
                    "create table other as select n, repeat('x', 100) from generate_series(1, " + ROWS + ") n");
            awaitRelease(scenario);
            assertThat(scenario.walSender()).as("the same stream all the time").isEqualTo(walSender);
            assertThat(scenario.outbox.walSenderTimeoutCount()).isEqualTo(timeouts);
            scenario.workload.commit(100);
            scenario.assertExactlyOnce();
        }
    }

    @Test
    void gigabyteOfWalOfOtherTablesIsReleasedWhileTheOutboxIsIdle() throws SQLException {
        try (Scenario scenario = Scenario.of(Mix.ORDINARY, IMPATIENT_SERVER)) {
            scenario.startRelay();
            scenario.outbox.execute("create table other (text text)");
            scenario.outbox.execute("alter table other alter text set storage external");
            long begun = walBytes(scenario);
            while (walBytes(scenario) - begun < 1024 * MEGABYTE) {
                scenario.outbox.execute("insert into other select repeat('x', 100000) from generate_series(1, 500)");
            }
            awaitRelease(scenario);
            scenario.workload.commit(100);
            scenario.assertExactlyOnce();
        }
    }

    private static void awaitRelease(Scenario scenario) {
        // PostgreSQL lets the slot advance to a record of the running transactions, which it writes every 15 seconds.
        scenario.patience().until("the slot retains little", () -> scenario.outbox.retainedBytes() < MOST_RETAINED);
    }

    private static long walBytes(Scenario scenario) throws SQLException {
        return Long.parseLong(
                Objects.requireNonNull(scenario.outbox.query("select pg_current_wal_lsn() - '0/0'::pg_lsn")));
    }
}
