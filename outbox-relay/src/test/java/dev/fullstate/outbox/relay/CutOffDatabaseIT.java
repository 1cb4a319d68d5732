package dev.fullstate.outbox.relay;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.relay.failure.FailureKind;
import dev.fullstate.outbox.relay.wal.WalSettings;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Cuts the relay off from its database by a network that swallows everything, without a reset: the relay notices after about as long as the
 * server waits for it, and not only when a query times out.
 */
class CutOffDatabaseIT extends RelayIntegrationTest {

    private static final Duration WAL_SENDER_TIMEOUT = Duration.ofSeconds(6);
    private static final Duration NOTICED_WITHIN = Duration.ofSeconds(30);

    private TcpProxy network;

    @BeforeEach
    void startNetwork() throws IOException {
        network = TcpProxy.to(database.server().port());
    }

    @AfterEach
    void stopNetwork() throws IOException {
        network.close();
    }

    private SteppedRelay relay() {
        return SteppedRelay.of(database, Map.of(), this::throughTheNetwork);
    }

    private WalSettings throughTheNetwork(WalSettings wal) {
        return ChangedSettings.of(wal)
                .port(database.server().port(), network.port())
                .connectTimeout(Duration.ofSeconds(1))
                .queryTimeout(Duration.ofSeconds(60))
                .walSenderTimeout(WAL_SENDER_TIMEOUT)
                .settings();
    }

    /** Steps through real time, and ahead of it, so that the relay waits for nothing but the network. */
    private static void stepUntilNoticed(SteppedRelay relay) {
        long start = System.nanoTime();
        relay.stepUntil(() -> {
            relay.moveTime(Duration.ofMillis(10));
            return relay.state() == RelayState.RETRYING;
        });
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(NOTICED_WITHIN);
        assertThat(relay.problem().kind()).isEqualTo(FailureKind.RETRY);
    }

    @Test
    void relayNoticesHalfOpenConnectionsAndGoesOnWhenTheNetworkDoes() throws SQLException {
        try (SteppedRelay relay = relay()) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "1");
            relay.stepUntil(topic, 1);

            network.swallow();
            stepUntilNoticed(relay);
            database.insert("a", "2");
            // The proxy accepts connections, and nothing answers.
            relay.step();
            assertThat(relay.state()).isEqualTo(RelayState.RETRYING);
            assertThat(relay.problem().message()).contains("PostgreSQL is not reachable");

            network.heal();
            relay.stepUntil(topic, 2);
        }
        assertThat(published()).containsExactly("1", "2");
    }

    @Test
    void relayNoticesADeadStreamBesideALivingConnection() throws SQLException {
        try (SteppedRelay relay = relay()) {
            relay.stepUntil(RelayState.STREAMING);
            stream().swallowAfter(0);
            database.insert("a", "1");
            stepUntilNoticed(relay);
            assertThat(relay.problem().message()).contains("Replication slot '" + database.name(), "no longer by");
            relay.stepUntil(topic, 1);
        }
        assertThat(published()).containsExactly("1");
    }

    @Test
    void relayGivesUpAStreamThatStopsWithinAMessageAndReadsTheWholeMessageAgain() throws SQLException {
        try (SteppedRelay relay = relay()) {
            relay.stepUntil(RelayState.STREAMING);
            stream().swallowAfter(20_000);
            String payload = "x".repeat(100_000);
            database.insert("a", payload);
            stepUntilNoticed(relay);
            relay.stepUntil(topic, 1);
            assertThat(published()).containsExactly(payload);
        }
    }

    /** Returns the connection that streams, of those that the relay has opened. */
    private TcpProxy.Link stream() throws SQLException {
        String port = database.query("select client_port from pg_stat_activity where pid = (select active_pid"
                + " from pg_replication_slots where slot_name = '" + database.name() + "')");
        return network.links().stream()
                .filter(link -> Integer.toString(link.port()).equals(port))
                .findFirst()
                .orElseThrow();
    }
}
