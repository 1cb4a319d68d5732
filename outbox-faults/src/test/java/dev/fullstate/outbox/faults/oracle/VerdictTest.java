package dev.fullstate.outbox.faults.oracle;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Shows faults to the judge: one that finds none would make every fault test pass. */
class VerdictTest {

    private static final Event A1 = event("a", 1);
    private static final Event A2 = event("a", 2);
    private static final Event B3 = event("b", 3);
    private static final List<Event> COMMITTED = List.of(A1, A2, B3);

    /** Events of a database that has lost one event, and has drawn its number again. */
    private static final Event KEPT = event("kept", 1, 1);

    private static final Event LOST = event("lost", 2, 2);
    private static final Event NEW = event("new", 2, 2);
    private static final Event RAISED = event("new", 3, 2);
    private static final Event LATER = event("later", 4, 3);

    @Test
    void keysMayOvertakeEachOther() {
        assertThatCode(() -> judge(B3, A1, A2).requireExactlyOnce("")).doesNotThrowAnyException();
    }

    @Test
    void lossIsFound() {
        Verdict verdict = judge(A1, B3);
        assertThat(verdict.lost()).containsExactly(A2);
        assertThatThrownBy(() -> verdict.requireAtLeastOnce("the log"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("lost 1 [a seq 2")
                .hasMessageContaining("the log");
    }

    @Test
    void repeatIsFoundAndAllowedAtLeastOnceOnly() {
        Verdict verdict = judge(A1, A2, A1, A2, B3);
        assertThat(verdict.repeated()).containsExactly(A1, A2);
        assertThatCode(() -> verdict.requireAtLeastOnce("")).doesNotThrowAnyException();
        assertThatThrownBy(() -> verdict.requireExactlyOnce("")).isInstanceOf(AssertionError.class);
    }

    @Test
    void changeOfOrderIsFound() {
        Verdict verdict = judge(A2, A1, B3);
        assertThat(verdict.reordered()).containsExactly(A1);
        assertThatThrownBy(() -> verdict.requireAtLeastOnce("")).isInstanceOf(AssertionError.class);
    }

    @Test
    void eventThatWasNeverCommittedIsFound() {
        Event rolledBack = event("a", 4);
        Verdict verdict = judge(A1, A2, B3, rolledBack);
        assertThat(verdict.unknown()).containsExactly(rolledBack);
        assertThatThrownBy(() -> verdict.requireAtLeastOnce("")).isInstanceOf(AssertionError.class);
    }

    @Test
    void alteredPayloadIsFound() {
        Event other = new Event("a", 2, A2.id(), 2, "{}");
        Verdict verdict = judge(A1, other, B3);
        assertThat(verdict.altered()).containsExactly(other);
        assertThatThrownBy(() -> verdict.requireAtLeastOnce("")).isInstanceOf(AssertionError.class);
    }

    @Test
    void eventThatTheDatabaseHasLostMayBePublished() {
        assertThatCode(() -> judgeAfterLoss(KEPT, LOST, RAISED, LATER).requireExactlyOnce(""))
                .doesNotThrowAnyException();
    }

    @Test
    void lossOfASurvivingEventIsFound() {
        Verdict verdict = judgeAfterLoss(KEPT, LOST, RAISED);
        assertThat(verdict.lost()).containsExactly(LATER);
        assertThat(verdict.wrong()).containsExactly(LATER);
        assertThatThrownBy(() -> verdict.requireAtLeastOnce("")).isInstanceOf(AssertionError.class);
    }

    @Test
    void sequenceThatConsumersHaveSeenBeforeIsFound() {
        Verdict verdict = judgeAfterLoss(KEPT, LOST, NEW, LATER);
        assertThat(verdict.ignored()).containsExactly(NEW);
        assertThatThrownBy(() -> verdict.requireAtLeastOnce("")).isInstanceOf(AssertionError.class);
    }

    @Test
    void consumerLeftWithALostStateIsFound() {
        Verdict verdict = judgeAfterLoss(KEPT, event("lost", 9, 2), RAISED, LATER);
        assertThat(verdict.wrong()).containsExactly(LATER);
        assertThatThrownBy(() -> verdict.requireAtLeastOnce("")).isInstanceOf(AssertionError.class);
    }

    @Test
    void keyThatWasNotChangedSinceItsLastEventWasLostMayKeepTheLostState() {
        History history = new History(List.of(KEPT), List.of(KEPT, LOST));
        assertThatCode(() -> Verdict.of(history, List.of(KEPT, LOST)).requireExactlyOnce(""))
                .doesNotThrowAnyException();
    }

    @Test
    void repeatsAndChangesOfOrderAndContentAreFoundAfterALoss() {
        assertThat(judgeAfterLoss(KEPT, LOST, RAISED, RAISED, LATER).repeated()).containsExactly(RAISED);
        assertThat(judgeAfterLoss(KEPT, LATER, RAISED).reordered()).containsExactly(RAISED);
        Event other = new Event("a", 3, "new", 2, "other");
        assertThat(judgeAfterLoss(KEPT, other, LATER).altered()).containsExactly(other);
    }

    private static Verdict judge(Event... published) {
        return Verdict.of(History.of(COMMITTED), List.of(published));
    }

    private static Verdict judgeAfterLoss(Event... published) {
        return Verdict.of(new History(List.of(KEPT, NEW, LATER), List.of(KEPT, LOST)), List.of(published));
    }

    private static Event event(String id, long seq, long version) {
        return new Event("a", seq, id, version, "{\"version\":" + version + "}");
    }

    private static Event event(String key, long seq) {
        return new Event(key, seq, "id-" + seq, seq, "{\"seq\":" + seq + "}");
    }
}
