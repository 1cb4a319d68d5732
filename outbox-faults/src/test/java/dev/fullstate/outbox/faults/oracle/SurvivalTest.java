package dev.fullstate.outbox.faults.oracle;

import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A judge that finds nothing would make every test of a lost history pass. */
class SurvivalTest {

    private static final Event KEPT = event("kept", 1, 1);
    private static final Event LOST = event("lost", 2, 2);
    private static final Event NEW = event("new", 2, 2);
    private static final Event RAISED = event("new", 3, 2);
    private static final Event LATER = event("later", 4, 3);
    private static final List<Event> SURVIVING = List.of(KEPT, NEW, LATER);
    private static final Set<String> OLD = Set.of(KEPT.id(), LOST.id());

    @Test
    void whatWasLostMayBeInKafka() {
        assertThatCode(() -> of(KEPT, LOST, RAISED, LATER).requireExactlyOnce(""))
                .doesNotThrowAnyException();
    }

    @Test
    void eventThatIsMissingIsFound() {
        Survival survival = of(KEPT, LOST, RAISED);
        assertThat(survival.missing()).containsExactly(LATER);
        assertThat(survival.wrong()).containsExactly(LATER);
        assertThatThrownBy(() -> survival.requireAtLeastOnce("the log"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("missing 1 [a seq 4")
                .hasMessageContaining("the log");
    }

    @Test
    void sequenceThatWasUsedBeforeIsFound() {
        Survival survival = of(KEPT, LOST, NEW, LATER);
        assertThat(survival.ignored()).containsExactly(NEW);
        assertThatThrownBy(() -> survival.requireAtLeastOnce("")).isInstanceOf(AssertionError.class);
    }

    @Test
    void consumerThatIsLeftWithALostStateIsFound() {
        Survival survival = of(KEPT, event("lost", 9, 2), RAISED, LATER);
        assertThat(survival.wrong()).containsExactly(LATER);
        assertThatThrownBy(() -> survival.requireAtLeastOnce("")).isInstanceOf(AssertionError.class);
    }

    @Test
    void repeatIsFoundAndAllowedAtLeastOnceOnly() {
        Survival survival = of(KEPT, LOST, RAISED, RAISED, LATER);
        assertThat(survival.repeated()).containsExactly(RAISED);
        assertThatCode(() -> survival.requireAtLeastOnce("")).doesNotThrowAnyException();
        assertThatThrownBy(() -> survival.requireExactlyOnce("")).isInstanceOf(AssertionError.class);
    }

    @Test
    void changeOfOrderAndOfContentIsFound() {
        Survival survival = of(KEPT, LATER, RAISED);
        assertThat(survival.misplaced()).containsExactly(RAISED);
        Event other = new Event("a", 3, "new", 2, "other");
        assertThat(of(KEPT, other, LATER).altered()).containsExactly(other);
    }

    private static Survival of(Event... published) {
        return Survival.of(SURVIVING, OLD, List.of(published));
    }

    private static Event event(String id, long seq, long version) {
        return new Event("a", seq, id, version, "{\"version\":" + version + "}");
    }
}
