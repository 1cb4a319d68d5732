package dev.fullstate.outbox.faults.oracle;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A judge that finds nothing would make every fault test pass. */
class VerdictTest {

    private static final Event A1 = event("a", 1);
    private static final Event A2 = event("a", 2);
    private static final Event B3 = event("b", 3);
    private static final List<Event> COMMITTED = List.of(A1, A2, B3);

    @Test
    void keysMayOvertakeEachOther() {
        assertThatCode(() -> Verdict.of(COMMITTED, List.of(B3, A1, A2)).requireExactlyOnce(""))
                .doesNotThrowAnyException();
    }

    @Test
    void lossIsFound() {
        Verdict verdict = Verdict.of(COMMITTED, List.of(A1, B3));
        assertThat(verdict.lost()).containsExactly(A2);
        assertThatThrownBy(() -> verdict.requireAtLeastOnce("the log"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("lost 1 [a seq 2")
                .hasMessageContaining("the log");
    }

    @Test
    void repeatIsFoundAndAllowedAtLeastOnceOnly() {
        Verdict verdict = Verdict.of(COMMITTED, List.of(A1, A2, A1, A2, B3));
        assertThat(verdict.repeated()).containsExactly(A1, A2);
        assertThatCode(() -> verdict.requireAtLeastOnce("")).doesNotThrowAnyException();
        assertThatThrownBy(() -> verdict.requireExactlyOnce("")).isInstanceOf(AssertionError.class);
    }

    @Test
    void changeOfOrderIsFound() {
        Verdict verdict = Verdict.of(COMMITTED, List.of(A2, A1, B3));
        assertThat(verdict.reordered()).containsExactly(A1);
        assertThatThrownBy(() -> verdict.requireAtLeastOnce("")).isInstanceOf(AssertionError.class);
    }

    @Test
    void eventThatNobodyHasCommittedIsFound() {
        Event rolledBack = event("a", 4);
        Verdict verdict = Verdict.of(COMMITTED, List.of(A1, A2, B3, rolledBack));
        assertThat(verdict.unknown()).containsExactly(rolledBack);
        assertThatThrownBy(() -> verdict.requireAtLeastOnce("")).isInstanceOf(AssertionError.class);
    }

    @Test
    void otherPayloadIsFound() {
        Event other = new Event("a", 2, A2.id(), 2, "{}");
        Verdict verdict = Verdict.of(COMMITTED, List.of(A1, other, B3));
        assertThat(verdict.altered()).containsExactly(other);
        assertThatThrownBy(() -> verdict.requireAtLeastOnce("")).isInstanceOf(AssertionError.class);
    }

    private static Event event(String key, long seq) {
        return new Event(key, seq, "id-" + seq, seq, "{\"seq\":" + seq + "}");
    }
}
