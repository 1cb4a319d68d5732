package dev.fullstate.outbox.faults;

import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.fullstate.outbox.faults.Succession.Has;
import dev.fullstate.outbox.faults.Succession.Promotion;
import dev.fullstate.outbox.faults.Succession.Slot;

/**
 * Has a standby take the place of the primary. The database loses what the standby has not received, and Kafka may have it; consumers have
 * to end up with what the new primary has, and with nothing else.
 */
class PromotedStandbyIT {

    private static final List<List<?>> PROMOTIONS = List.of(List.of(Has.values()), Slot.ofThisServer());

    static Stream<SuccessionPlan> some() {
        return SuccessionPlan.some(PROMOTIONS, PromotedStandbyIT::promotion);
    }

    static Stream<SuccessionPlan> all() {
        return SuccessionPlan.all(PROMOTIONS, PromotedStandbyIT::promotion);
    }

    private static Promotion promotion(List<Object> one) {
        return new Promotion((Has) one.get(0), (Slot) one.get(1));
    }

    @ParameterizedTest
    @MethodSource("some")
    @Tag("long")
    void consumersEndUpWithWhatTheNewPrimaryHas(SuccessionPlan plan) throws SQLException {
        plan.carryOut();
    }

    @ParameterizedTest
    @MethodSource("all")
    @Tag("every-combination")
    void consumersEndUpWithWhatTheNewPrimaryHasInEveryCombination(SuccessionPlan plan) throws SQLException {
        plan.carryOut();
    }
}
