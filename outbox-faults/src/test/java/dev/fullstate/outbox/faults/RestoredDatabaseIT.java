package dev.fullstate.outbox.faults;

import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.fullstate.outbox.faults.Succession.Restore;
import dev.fullstate.outbox.faults.Succession.Restored;

/** Brings the database back to an earlier moment; Kafka and consumers have the events after it too. */
class RestoredDatabaseIT {

    private static final List<List<?>> RESTORES = List.of(List.of(Restored.values()));

    static Stream<SuccessionPlan> some() {
        return SuccessionPlan.some(RESTORES, RestoredDatabaseIT::restore);
    }

    static Stream<SuccessionPlan> all() {
        return SuccessionPlan.all(RESTORES, RestoredDatabaseIT::restore);
    }

    private static Restore restore(List<Object> one) {
        return new Restore((Restored) one.get(0));
    }

    @ParameterizedTest
    @MethodSource("some")
    @Tag("long")
    void consumersEndUpWithWhatTheRestoredDatabaseHas(SuccessionPlan plan) throws SQLException {
        plan.carryOut();
    }

    @ParameterizedTest
    @MethodSource("all")
    @Tag("every-combination")
    void consumersEndUpWithWhatTheRestoredDatabaseHasInEveryCombination(SuccessionPlan plan) throws SQLException {
        plan.carryOut();
    }
}
