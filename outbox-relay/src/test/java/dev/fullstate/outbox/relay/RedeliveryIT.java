package dev.fullstate.outbox.relay;

import java.sql.SQLException;
import java.time.Duration;

import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.relay.position.Lsn;

import static org.assertj.core.api.Assertions.assertThat;

/** What was published and what was confirmed decide together what is published after an interruption. */
class RedeliveryIT extends RelayIntegrationTest {

    @Test
    void eventsThatWereNotConfirmedArePublishedAgainAtLeastOnce() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.atLeastOnce(database)) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "1");
            database.insert("a", "2");
            relay.stepUntil(topic, 2);

            database.terminateWalSender();
            relay.stepUntil(RelayState.RETRYING);
            relay.stepUntil(topic, 4);
        }
        assertThat(published()).containsExactly("1", "2", "1", "2");
    }

    @Test
    void confirmedEventsAreNotPublishedAgain() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "1");
            Lsn before = database.confirmed();
            relay.stepUntil(topic, 1);
            relay.confirm();
            relay.stepUntil(() -> database.confirmed().isAfter(before));

            database.terminateWalSender();
            relay.stepUntil(RelayState.RETRYING);
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "2");
            relay.stepUntil(topic, 2);
        }
        assertThat(published()).containsExactly("1", "2");
    }

    @Test
    void changesMadeWhileTheRelayIsDownArriveAfterItsStart() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "before");
            relay.stepUntil(topic, 1);
        }
        database.insert("a", "while it is down");
        assertThat(published()).containsExactly("before");

        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(topic, 2);
        }
        assertThat(published()).containsExactly("before", "while it is down");
    }

    @Test
    void relayThatIsStoppedConfirmsWhatItHasPublished() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "1");
            relay.stepUntil(topic, 1);
        }
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "2");
            relay.stepUntil(topic, 2);
        }
        assertThat(published()).containsExactly("1", "2");
    }

    @Test
    void nothingIsConfirmedBeforeItsTimeAndEverythingSoonAfter() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            Lsn start = database.confirmed();
            database.insert("a", "1");
            relay.stepUntil(() -> relay.progress().published().isAfter(start));
            assertThat(relay.progress().confirmed()).isEqualTo(start);
            assertThat(database.confirmed()).isEqualTo(start);

            relay.moveTime(Duration.ofMillis(100));
            relay.step();
            assertThat(relay.progress().confirmed()).isEqualTo(relay.progress().published());
            relay.stepUntil(() -> database.confirmed().equals(relay.progress().confirmed()));
        }
    }
}
