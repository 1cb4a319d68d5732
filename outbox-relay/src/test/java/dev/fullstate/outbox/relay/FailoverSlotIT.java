package dev.fullstate.outbox.relay;

import java.sql.SQLException;
import java.util.Map;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.relay.wal.DatabaseSetupException;
import dev.fullstate.outbox.relay.wal.SendAfter;
import dev.fullstate.outbox.relay.wal.WalSettings;
import dev.fullstate.outbox.relay.wal.WalSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Shows how the relay prepares its slot for a failover, or refuses a setting that the server cannot fulfil. Real standbys have their tests
 * in outbox-faults.
 */
class FailoverSlotIT extends RelayIntegrationTest {

    @Test
    void slotIsMarkedForFailoverIfTheServerKnowsThat() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            assertThat(mark()).isEqualTo(serverHasFailoverSlots() ? "true" : null);
        }
    }

    @Test
    void failoverMarkOfTheSlotFollowsTheSetting() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(database, Map.of(), with(false, SendAfter.LOCAL_FLUSH))) {
            relay.stepUntil(RelayState.STREAMING);
            assertThat(mark()).isEqualTo(serverHasFailoverSlots() ? "false" : null);
        }
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            assertThat(mark()).isEqualTo(serverHasFailoverSlots() ? "true" : null);
        }
    }

    @Test
    void sendingAfterStandbysIsRefusedIfTheServerWaitsForNone() throws SQLException {
        UnaryOperator<WalSettings> waiting = with(true, SendAfter.SYNCHRONIZED_STANDBYS);
        String remedy = serverHasFailoverSlots()
                ? "ALTER SYSTEM SET synchronized_standby_slots = '<slots of the standbys>'; SELECT pg_reload_conf();"
                : "Upgrade PostgreSQL";

        assertThatThrownBy(() ->
                        WalSource.of(waiting.apply(SteppedRelay.wal(database))).preflight())
                .isInstanceOfSatisfying(
                        DatabaseSetupException.class,
                        e -> assertThat(e.remedy()).startsWith(remedy));

        database.insert("a", "1");
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(topic, 1);
            relay.stepUntil(RelayState.STREAMING);
        }
        // The running relay refuses it too, as after a change of the server's settings.
        try (SteppedRelay relay = SteppedRelay.of(database, Map.of(), waiting)) {
            relay.stepUntil(RelayState.RETRYING);
            assertThat(relay.problem().remedy()).startsWith(remedy);
        }
    }

    private static UnaryOperator<WalSettings> with(boolean failoverSlot, SendAfter sendAfter) {
        return wal -> ChangedSettings.of(wal)
                .failoverSlot(failoverSlot)
                .sendAfter(sendAfter)
                .settings();
    }

    private boolean serverHasFailoverSlots() throws SQLException {
        return "t".equals(database.query("select current_setting('server_version_num')::integer >= 170000"));
    }

    /** {@return whether the slot is marked for failover; null if the server does not know that} */
    private @Nullable String mark() throws SQLException {
        return database.query("select to_jsonb(slot) ->> 'failover' from pg_replication_slots slot where slot_name = '"
                + database.name() + "'");
    }
}
