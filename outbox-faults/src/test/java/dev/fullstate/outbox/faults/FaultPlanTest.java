package dev.fullstate.outbox.faults;

import java.util.EnumSet;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class FaultPlanTest {

    private static final EnumSet<FaultKind> ALL = EnumSet.allOf(FaultKind.class);

    @Test
    void seedReplaysThePlan() {
        assertThat(FaultPlan.of(42, ALL, 17)).isEqualTo(FaultPlan.of(42, ALL, 17));
        assertThat(FaultPlan.of(42, ALL, 17).faults())
                .isNotEqualTo(FaultPlan.of(43, ALL, 17).faults());
    }

    @Test
    void eachKindOccursAsOftenAsPlanned() {
        Map<FaultKind, Long> counts = FaultPlan.of(42, ALL, 17).faults().stream()
                .map(FaultPlan.Fault::kind)
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
        assertThat(counts)
                .containsOnlyKeys(ALL)
                .allSatisfy((kind, count) -> assertThat(count).isEqualTo(17));
    }
}
