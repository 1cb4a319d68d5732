package dev.fullstate.outbox.relay;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.Filling.Doubt;
import dev.fullstate.outbox.relay.history.Finding;
import dev.fullstate.outbox.relay.history.Finding.Gap;
import dev.fullstate.outbox.relay.history.Finding.Resume;
import dev.fullstate.outbox.relay.history.History;
import dev.fullstate.outbox.relay.position.Fill;
import dev.fullstate.outbox.relay.position.FoundGap;
import dev.fullstate.outbox.relay.position.Numbers;
import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.position.Shift;
import dev.fullstate.outbox.relay.wal.Facts;
import dev.fullstate.outbox.relay.wal.NewSlot;

/** Decides how a relay goes on that has just got its slot: after the position, or with a new slot and a fill (ADR 28). */
final class Takeover {

    private static final Gap CONTRADICTED = new Gap("the stream was of another history than the position", true);

    private final Stages stages;
    private final Connected connected;
    private final @Nullable ResumePoint recorded;
    private final Facts facts;
    private final Finding finding;

    private Takeover(Stages stages, Connected connected, @Nullable ResumePoint recorded, Facts facts, Finding finding) {
        this.stages = stages;
        this.connected = connected;
        this.recorded = recorded;
        this.facts = facts;
        this.finding = finding;
    }

    /**
     * Compares the position with the database.
     *
     * @param contradicted whether the stream has shown that the position is of another history
     */
    static Takeover of(Stages stages, Connected connected, boolean contradicted) {
        ResumePoint recorded = connected.publisher().resumePoint();
        Facts facts = connected.subscription().facts(recorded);
        Finding finding = contradicted ? CONTRADICTED : History.judge(recorded, facts);
        return new Takeover(stages, connected, recorded, facts, finding);
    }

    Activity goOn() {
        if (finding instanceof Resume resume) {
            ResumePoint point = resume.point();
            return point.fill() == null
                    ? Streaming.after(point, stages, connected, lostEvents())
                    : new Filling(stages, connected, point, resumed(point), null);
        }
        return finding instanceof Gap gap && recorded != null ? announce(gap, recorded) : fill();
    }

    private LostEvents lostEvents() {
        return LostEvents.of(stages, connected.subscription());
    }

    /**
     * Returns the doubt about a resumed fill: the position does not say that the sequence was raised, and numbers may have been drawn since
     * that look as if it had been.
     */
    private static Doubt resumed(ResumePoint point) {
        return point.fill() == null || point.numbers().shift().equals(Shift.NONE) ? Doubt.OPEN : Doubt.LOST;
    }

    private Doubt doubt() {
        if (finding instanceof Gap gap && gap.lost()) {
            return Doubt.LOST;
        }
        if (recorded != null) {
            return resumed(recorded);
        }
        Facts.Note note = facts.note();
        return note != null && note.published() ? Doubt.NO_POSITION : Doubt.FIRST_START;
    }

    private Activity announce(Gap gap, ResumePoint before) {
        ResumePoint found = before.before(gap.lost() ? FoundGap.HISTORY : FoundGap.ROWS);
        return before.equals(found) ? fill() : new Announcing(connected, found, gap, this::fill);
    }

    /** Creates the slot again, with a fill up to where it begins. */
    private Activity fill() {
        connected.subscription().dropSlot();
        NewSlot slot = connected.subscription().createSlot();
        // A relay's note in a database is true of this database, even if that has lost commits; the snapshot of another
        // fill, which a position names, may be of a lost history.
        Facts.Note note = facts.note();
        Fill fill = Fill.begin(slot.snapshot(), note != null && note.ofThisServer() ? note.snapshot() : null);
        Numbers numbers = recorded == null ? Numbers.NONE : recorded.numbers();
        ResumePoint point = new ResumePoint(slot.start(), null, fill, facts.origin(), numbers);
        return new Filling(stages, connected, point, doubt(), finding instanceof Gap gap ? gap : null);
    }
}
