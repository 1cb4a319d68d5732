package dev.fullstate.outbox.relay;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;

/** Leaves an event on its way to Kafka without an answer, by a producer that keeps it back. */
class UnacknowledgedEventIT {

    @Test
    void unacknowledgedEventIsAProblemAndDoesNotKeepPostgresqlFromAFastShutdown() throws Exception {
        try (PostgresServer postgres = PostgresServer.start()) {
            OutboxDatabase database = OutboxDatabase.migrated(postgres);
            try (SteppedRelay relay = SteppedRelay.keepingEventsBack(database)) {
                relay.stepUntil(RelayState.STREAMING);
                database.insert("a", "1");
                relay.stepUntil(() ->
                        relay.progress().received().isAfter(relay.progress().published()));
                assertThat(relay.status().problem()).isNull();

                relay.moveTime(Duration.ofSeconds(11));
                relay.step();
                assertThat(relay.state()).isEqualTo(RelayState.STREAMING);
                assertThat(relay.problem().message()).contains("Kafka has not acknowledged");

                Path pidFile = Path.of(database.query("show data_directory"), "postmaster.pid");
                String pid = Files.readAllLines(pidFile).get(0).strip();
                assertThat(new ProcessBuilder("kill", "-INT", pid).start().waitFor())
                        .isZero();
                relay.stepUntil(() -> {
                    relay.moveTime(Duration.ofMillis(100));
                    return relay.state() == RelayState.RETRYING && !Files.exists(pidFile);
                });
            }
        }
    }
}
