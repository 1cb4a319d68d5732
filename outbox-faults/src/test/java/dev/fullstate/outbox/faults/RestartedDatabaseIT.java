package dev.fullstate.outbox.faults;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;

/** Ends PostgreSQL beside a running relay, and starts it again. */
class RestartedDatabaseIT {

    private static final Logger log = LoggerFactory.getLogger(RestartedDatabaseIT.class);

    /** Less than Kafka's clients wait for an answer. */
    private static final Duration FAST = Duration.ofSeconds(25);

    @Test
    void consumersMissAndRepeatNothingWhenPostgresqlEndsUnderLoad() throws SQLException {
        List<Consumer<PostgresServer>> ends =
                List.of(PostgresServer::kill, PostgresServer::stopImmediately, RestartedDatabaseIT::stopFast);
        try (Scenario scenario = Scenario.exactlyOnce()) {
            scenario.startRelay();
            for (Consumer<PostgresServer> end : ends) {
                scenario.underLoad(300, () -> {
                    end.accept(Servers.DATABASE.server());
                    Servers.DATABASE.server().restart();
                });
                scenario.awaitStreaming();
                scenario.assertNothingConfirmedTooEarly();
            }
            scenario.assertExactlyOnce();
        }
    }

    @Test
    void fastShutdownDoesNotWaitForAKafkaThatSwallowsEverything() throws SQLException {
        try (Scenario scenario = Scenario.exactlyOnce()) {
            scenario.startRelay();
            scenario.workload.commit(500);
            scenario.awaitAllPublished();
            Servers.BROKER.link().blackHole();
            scenario.workload.commit(500);
            scenario.patience()
                    .until(
                            "the relay has events that Kafka has not",
                            () -> scenario.outbox.query("""
                            select 1 from pg_stat_replication r join pg_replication_slots s on s.active_pid = r.pid
                             where slot_name = '%s' and sent_lsn > confirmed_flush_lsn
                            """.formatted(scenario.outbox.name())) != null);

            stopFast(Servers.DATABASE.server());

            Servers.DATABASE.server().restart();
            Servers.BROKER.link().heal();
            scenario.assertExactlyOnce();
        }
    }

    private static void stopFast(PostgresServer server) {
        long began = System.nanoTime();
        assertThat(server.stop(FAST)).as("fast shutdown within " + FAST).isTrue();
        log.info("PostgreSQL has shut down after {}", Duration.ofNanos(System.nanoTime() - began));
    }
}
