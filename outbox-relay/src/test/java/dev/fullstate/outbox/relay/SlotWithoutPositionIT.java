package dev.fullstate.outbox.relay;

import java.sql.SQLException;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Starts a relay with a slot that has no position in Kafka. */
class SlotWithoutPositionIT extends RelayIntegrationTest {

    @Test
    void streamStartsWhereTheSlotIsConfirmed() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.atLeastOnce(database)) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "1");
            relay.stepUntil(topic, 1);
        }
        database.insert("a", "while nobody looks");
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(topic, 2);
        }
        assertThat(published()).containsExactly("1", "while nobody looks");
    }
}
