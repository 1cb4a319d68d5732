package dev.fullstate.outbox.faults;

import java.sql.SQLException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.faults.oracle.Event;
import dev.fullstate.outbox.faults.server.Database;
import dev.fullstate.outbox.faults.server.Standby;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/** Shows when Kafka may have events whose commits a promoted standby lacks. */
class SendAfterStandbysIT {

    private static final String HELD_BACK = "Events are held back until the standbys of synchronized_standby_slots"
            + " have their commits: slot standby has no standby connected";

    @BeforeAll
    static void serverKnowsFailoverSlots() {
        assumeThat(Integer.getInteger("postgres.major", 18)).isGreaterThanOrEqualTo(17);
    }

    @Test
    void withSynchronizedStandbysKafkaHasNothingThatTheNewPrimaryLacks() throws SQLException {
        try (LostHistory history = waitingForStandby("synchronized-standbys");
                Standby standby = Standby.of(history.database.server(), "standby")) {
            history.startRelay();
            history.publish(10);
            standby.awaitCaughtUp();
            standby.holdBack();
            history.outbox.write(10);
            // By then the server has waited for seconds; the relay would have published long ago.
            history.awaitLog(HELD_BACK);

            history.database.server().kill();
            history.database.become(standby.promote());

            assertThat(onlyInKafka(history)).isEmpty();
            assertThat(history.published()).hasSize(10);
        }
    }

    @Test
    void withLocalFlushKafkaMayHaveWhatTheNewPrimaryLacks() throws SQLException {
        try (LostHistory history = new LostHistory(new Database(), Delivery.EXACTLY_ONCE, Map.of());
                Standby standby = Standby.of(history.database.server(), "standby")) {
            history.startRelay();
            history.publish(10);
            standby.awaitCaughtUp();
            standby.holdBack();
            history.publish(10);

            history.database.server().kill();
            history.database.become(standby.promote());

            assertThat(onlyInKafka(history)).hasSize(10);
        }
    }

    @Test
    void eventThatWaitsForAStandbyIsPublishedWhenTheStandbyIsBack() throws SQLException {
        // The server waits for any failover slot, even if the relay does not ask for it.
        try (LostHistory history = waitingForStandby("local-flush");
                Standby standby = Standby.of(history.database.server(), "standby")) {
            history.startRelay();
            history.publish(10);
            standby.holdBack();
            history.outbox.write(10);
            history.awaitLog(HELD_BACK);

            standby.release();

            history.judge();
            assertThat(history.published()).hasSize(20);
        }
    }

    private static LostHistory waitingForStandby(String sendAfter) throws SQLException {
        return new LostHistory(
                new Database(Map.of("synchronized_standby_slots", "standby")),
                Delivery.EXACTLY_ONCE,
                Map.of("outbox.relay.send-after", sendAfter));
    }

    private static Set<String> onlyInKafka(LostHistory history) throws SQLException {
        Set<String> ids = history.published().stream().map(Event::id).collect(Collectors.toSet());
        ids.removeAll(new HashSet<>(history.outbox.strings("select id from outbox")));
        return ids;
    }
}
