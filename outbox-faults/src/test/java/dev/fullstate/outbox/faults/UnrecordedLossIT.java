package dev.fullstate.outbox.faults;

import java.sql.SQLException;
import java.util.Map;

import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.faults.Succession.Acts;
import dev.fullstate.outbox.faults.Succession.Has;
import dev.fullstate.outbox.faults.Succession.Promotion;
import dev.fullstate.outbox.faults.Succession.Slot;
import dev.fullstate.outbox.faults.relay.RelayProcess;
import dev.fullstate.outbox.faults.server.Database;

/** Lets a database lose just those commits whose events are published and whose position is not written yet. */
class UnrecordedLossIT {

    /** The position after the first event is written at once, and no other one for that time. */
    private static final String[] SELDOM = {
        "-Xmx128m",
        "-Doutbox.relay.exactly-once.commit-interval=10m",
        "-Doutbox.relay.exactly-once.transaction-timeout=14m"
    };

    @Test
    void consumersIgnoreNothingThatComesUnderTheNumbersOfLostEvents() throws SQLException {
        try (LostHistory history = new LostHistory(Database.archiving(), Delivery.AT_LEAST_ONCE, Map.of())) {
            // A first start waits for several positions.
            history.startRelay();
            history.publish(1);
            RelayProcess relay = history.startRelay(SELDOM);
            history.publishUnconfirmed(1);
            history.carryOut(new Promotion(Has.LESS_THAN_KAFKA, Slot.COPIED), new Acts() {
                @Override
                public void commit() throws SQLException {
                    history.publishUnconfirmed(12);
                }

                @Override
                public void pause() {
                    // No writers run.
                }

                @Override
                public void beforeTheEnd() {
                    relay.kill();
                }

                @Override
                public void ended() {
                    // No act waits for that.
                }
            });
            history.outbox.write(3);
            history.judge(relay);
        }
    }
}
