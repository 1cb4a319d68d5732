package dev.fullstate.outbox.faults;

import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.fullstate.outbox.faults.LostHistory.Delivery;
import dev.fullstate.outbox.faults.LostHistory.RelayIs;
import dev.fullstate.outbox.faults.LostHistory.RowsBefore;
import dev.fullstate.outbox.faults.LostHistory.WalEnd;
import dev.fullstate.outbox.faults.server.Database;
import dev.fullstate.outbox.faults.server.Standby;

import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * D7, I1: a standby takes the place of the primary. What it has not received is lost for the database, and may be in Kafka; whatever
 * the new primary has, and only that, is what consumers have to end up with.
 */
class PromotedStandbyIT {

    /** What the standby has when the primary ends. */
    enum Has {
        EVERYTHING,
        LESS_THAN_KAFKA
    }

    /** The replication slot on the new primary. */
    enum Slot {
        /** By PostgreSQL itself. */
        SYNCED,
        /** Its files were copied before the standby fell behind. */
        COPIED,
        /** Its files were copied from what the old primary has left, so it may be confirmed beyond the new one's WAL. */
        COPIED_AT_LAST,
        NONE
    }

    record Promotion(Has has, Slot slot, Delivery delivery, RelayIs relay, RowsBefore rows, WalEnd end) {

        private static Promotion of(List<Object> one) {
            return new Promotion(
                    (Has) one.get(0),
                    (Slot) one.get(1),
                    (Delivery) one.get(2),
                    (RelayIs) one.get(3),
                    (RowsBefore) one.get(4),
                    (WalEnd) one.get(5));
        }
    }

    static Stream<Promotion> some() {
        return Combinations.pairwise(combinations()).stream().map(Promotion::of).filter(LostHistory::isChosen);
    }

    static Stream<Promotion> all() {
        return combinations().stream().map(Promotion::of).filter(LostHistory::isChosen);
    }

    private static List<List<Object>> combinations() {
        return Combinations.all(List.of(
                List.of(Has.values()),
                List.of(Slot.values()),
                List.of(Delivery.values()),
                List.of(RelayIs.values()),
                List.of(RowsBefore.values()),
                List.of(WalEnd.values())));
    }

    @ParameterizedTest
    @MethodSource("some")
    @Tag("long")
    void consumersEndUpWithWhatTheNewPrimaryHas(Promotion plan) throws SQLException {
        promote(plan);
    }

    @ParameterizedTest
    @MethodSource("all")
    @Tag("every-combination")
    void consumersEndUpWithWhatTheNewPrimaryHasInEveryCombination(Promotion plan) throws SQLException {
        promote(plan);
    }

    private static void promote(Promotion plan) throws SQLException {
        try (LostHistory history = new LostHistory(plan, new Database(), plan.delivery())) {
            if (plan.slot() == Slot.SYNCED) {
                assumeThat(history.outbox.query("select current_setting('server_version_num')::integer >= 170000"))
                        .isEqualTo("t");
            }
            history.startRelay();
            history.publish(12);
            try (Standby standby = Standby.of(history.database.server(), "standby")) {
                if (plan.slot() == Slot.SYNCED) {
                    standby.syncSlots();
                } else if (plan.slot() == Slot.COPIED) {
                    standby.copySlot(history.outbox.name());
                }
                standby.awaitCaughtUp();
                if (plan.has() == Has.LESS_THAN_KAFKA) {
                    standby.holdBack();
                }
                history.publish(15);
                if (plan.has() == Has.EVERYTHING) {
                    standby.awaitCaughtUp();
                }
                history.relayIs(plan.relay());
                history.endOldHistory();
                if (plan.slot() == Slot.COPIED_AT_LAST) {
                    standby.copySlot(history.outbox.name());
                }
                history.continueOn(standby.promote(), plan.rows(), plan.end());
            }
        }
    }
}
