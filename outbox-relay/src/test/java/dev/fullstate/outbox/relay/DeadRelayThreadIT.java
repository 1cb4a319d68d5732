package dev.fullstate.outbox.relay;

import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

import dev.fullstate.outbox.relay.route.Router;
import dev.fullstate.outbox.relay.wal.WalSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Throws an error that no retry can mend: the relay must not look alive. */
class DeadRelayThreadIT extends RelayIntegrationTest {

    @Test
    void relayWhoseThreadDiedHasFailedAndNamesTheError() {
        Relay relay = new Relay(
                settings(), WalSource.of(SteppedRelay.wal(database)), new Router("events", Map.of()), pipeline -> {
                    throw new NoClassDefFoundError("org/example/Missing");
                });
        relay.start();
        await().until(() -> relay.status().state() == RelayState.FAILED);
        assertThat(relay.status().problem())
                .hasToString(
                        "Problem[kind=permanent, message=The relay's thread has died: java.lang.NoClassDefFoundError: org/example/Missing,"
                                + " remedy=Restart the application]");
        relay.stop();
        assertThat(relay.isRunning()).isFalse();
    }

    @Test
    void relayWhoseThreadIsInterruptedByForeignCodeHasFailed() {
        Relay relay = new Relay(
                settings(), WalSource.of(SteppedRelay.wal(database)), new Router("events", Map.of()), pipeline -> {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException("Interrupted");
                });
        relay.start();
        await().until(() -> relay.status().state() == RelayState.FAILED);
        relay.stop();
        assertThat(relay.isRunning()).isFalse();
    }

    private RelaySettings settings() {
        return new RelaySettings(
                database.name(),
                DataSize.ofMegabytes(1),
                Duration.ofMillis(1),
                Duration.ofMillis(100),
                Duration.ofSeconds(1),
                Duration.ofMillis(100),
                Duration.ofSeconds(3),
                Duration.ofMinutes(1),
                PoisonPolicy.all(Poison.STOP),
                AfterLoss.REPORT);
    }
}
