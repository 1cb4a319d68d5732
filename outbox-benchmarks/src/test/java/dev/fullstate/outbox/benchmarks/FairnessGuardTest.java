package dev.fullstate.outbox.benchmarks;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.benchmarks.report.Figure;

import static org.assertj.core.api.Assertions.assertThat;

class FairnessGuardTest {

    @Test
    void runWhoseLimitsAndPeersAreApartIsFair() {
        assertThat(objections(100, 60, 30, 33)).isEmpty();
    }

    @Test
    void bareProgramFarBelowTheSlotIsAnObjection() {
        assertThat(objections(100, 59, 30, 33)).singleElement().asString().contains("bare", "0.59", "slot-only");
    }

    @Test
    void tunedPeerThatGainsNothingIsAnObjection() {
        assertThat(objections(100, 60, 30, 32)).singleElement().asString().contains("debezium-tuned", "1.07");
    }

    @Test
    void runWithoutThePeersIsNotJudged() {
        assertThat(new FairnessGuard(List.of(throughput("bare", 1))).objections())
                .isEmpty();
    }

    private static List<String> objections(double slotOnly, double bare, double byDefault, double tuned) {
        return new FairnessGuard(List.of(
                        throughput("slot-only", slotOnly),
                        throughput("bare", bare),
                        throughput("debezium-default", byDefault),
                        throughput("debezium-tuned", tuned)))
                .objections();
    }

    private static Figure throughput(String contender, double value) {
        return new Figure("drain-1k", contender, "throughput", "events/s", List.of(value), Map.of());
    }
}
