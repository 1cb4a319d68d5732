package dev.fullstate.outbox.relay;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.fullstate.outbox.relay.Filling.Doubt;
import dev.fullstate.outbox.relay.history.Finding;
import dev.fullstate.outbox.relay.history.Finding.Adopt;
import dev.fullstate.outbox.relay.history.Finding.Gap;
import dev.fullstate.outbox.relay.history.Finding.Resume;
import dev.fullstate.outbox.relay.history.History;
import dev.fullstate.outbox.relay.position.Fill;
import dev.fullstate.outbox.relay.position.FoundGap;
import dev.fullstate.outbox.relay.position.Numbers;
import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.position.Shift;
import dev.fullstate.outbox.relay.publish.PreparedPublisher;
import dev.fullstate.outbox.relay.publish.Publisher;
import dev.fullstate.outbox.relay.wal.Facts;
import dev.fullstate.outbox.relay.wal.NewSlot;
import dev.fullstate.outbox.relay.wal.SlotInUseException;
import dev.fullstate.outbox.relay.wal.WalSession;
import dev.fullstate.outbox.relay.wal.WalStream;

/** Opens the connections to both sides; holds none itself. */
final class Connecting implements Activity {

    private static final Logger log = LoggerFactory.getLogger(Connecting.class);

    private static final Gap CONTRADICTED = new Gap("the stream was of another history than the position", true);

    private final Stages stages;
    private final boolean contradicted;

    Connecting(Stages stages) {
        this(stages, false);
    }

    /** @param contradicted whether the stream has shown that the position is of another history */
    Connecting(Stages stages, boolean contradicted) {
        this.stages = stages;
        this.contradicted = contradicted;
    }

    @Override
    public RelayState state() {
        return RelayState.STARTING;
    }

    // The publisher is prepared before the slot is taken, because nobody answers the server while Kafka is slow; and
    // takes over
    // after it, because a relay that has to stand by shall not fence the other one's producer off.

    @Override
    public Activity step() {
        stages.statistics().slot(null);
        WalSession session = stages.source().open();
        try {
            // What is not an outbox's slot at all is not waited for.
            session.slotPosition();
            PreparedPublisher prepared = stages.publisher().apply(session.pipeline());
            try {
                return StandBy.isHeld(stages, session)
                        ? new StandBy(stages, session, prepared)
                        : takeSlot(stages, session, prepared, contradicted);
            } catch (RuntimeException e) {
                prepared.close();
                throw e;
            }
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    /**
     * Goes on with a slot that nobody had a moment ago. Of several relays that try this at once, one succeeds, and the others stand by.
     *
     * @throws RuntimeException if it fails; session and publisher are still the caller's to close then
     */
    static Activity takeSlot(Stages stages, WalSession session, PreparedPublisher prepared, boolean contradicted) {
        try {
            return goOn(stages, session, prepared, contradicted);
        } catch (SlotInUseException e) {
            return new StandBy(stages, session, prepared);
        }
    }

    private static Activity goOn(Stages stages, WalSession session, PreparedPublisher prepared, boolean contradicted) {
        session.lead();
        Publisher publisher = prepared.takeOver();
        try {
            ResumePoint recorded = publisher.resumePoint();
            Facts facts = session.facts(recorded);
            return contradicted
                    ? announce(stages, session, publisher, recorded, facts, CONTRADICTED)
                    : goOn(stages, session, publisher, recorded, facts, History.judge(recorded, facts));
        } catch (RuntimeException e) {
            publisher.close();
            throw e;
        }
    }

    private static Activity goOn(
            Stages stages,
            WalSession session,
            Publisher publisher,
            @Nullable ResumePoint recorded,
            Facts facts,
            Finding finding) {
        if (finding instanceof Resume resume) {
            ResumePoint point = resume.point();
            return point.fill() == null
                    ? Streaming.after(point, stages, session, publisher, LostEvents.of(stages, session))
                    : new Filling(stages, session, publisher, point, resumed(point), null);
        }
        if (finding instanceof Adopt) {
            return adopt(stages, session, publisher, facts);
        }
        return announce(stages, session, publisher, recorded, facts, finding instanceof Gap gap ? gap : null);
    }

    /** That the sequence was raised is not recorded, and numbers may have been drawn since that look as if it had been. */
    private static Doubt resumed(ResumePoint point) {
        return point.fill() == null || point.numbers().shift().equals(Shift.NONE) ? Doubt.OPEN : Doubt.LOST;
    }

    private static Doubt doubt(@Nullable ResumePoint recorded, Facts.@Nullable Note note) {
        if (recorded != null) {
            return resumed(recorded);
        }
        return note != null && note.published() ? Doubt.NO_POSITION : Doubt.FIRST_START;
    }

    private static Activity announce(
            Stages stages,
            WalSession session,
            Publisher publisher,
            @Nullable ResumePoint recorded,
            Facts facts,
            @Nullable Gap gap) {
        if (recorded == null || gap == null) {
            return fill(stages, session, publisher, recorded, facts, gap);
        }
        ResumePoint found = recorded.before(gap.lost() ? FoundGap.HISTORY : FoundGap.ROWS);
        return recorded.equals(found)
                ? fill(stages, session, publisher, recorded, facts, gap)
                : new Announcing(
                        session, publisher, found, gap, () -> fill(stages, session, publisher, recorded, facts, gap));
    }

    /** Makes the slot anew, with a fill up to where it begins. */
    private static Activity fill(
            Stages stages,
            WalSession session,
            Publisher publisher,
            @Nullable ResumePoint recorded,
            Facts facts,
            @Nullable Gap gap) {
        session.dropSlot();
        NewSlot slot = session.createSlot();
        // What a relay notes in a database is true of this database, whatever has become of it; the snapshot of another
        // fill, which a position names, may be of a history that is lost.
        Facts.Note note = facts.note();
        Fill fill = Fill.begin(slot.snapshot(), note != null && note.ofThisServer() ? note.snapshot() : null);
        Numbers numbers = recorded == null ? Numbers.NONE : recorded.numbers();
        ResumePoint point = new ResumePoint(slot.start(), null, fill, facts.origin(), numbers);
        Doubt doubt = gap != null && gap.lost() ? Doubt.LOST : doubt(recorded, note);
        return new Filling(stages, session, publisher, point, doubt, gap);
    }

    private static Activity adopt(Stages stages, WalSession session, Publisher publisher, Facts facts) {
        WalStream stream = session.stream();
        log.info(
                "Neither Kafka nor the database knows of events that were published from slot '{}', which somebody else has created; the"
                        + " stream starts where it is confirmed, at {}",
                stages.settings().slotName(),
                stream.start());
        return new Streaming(
                stages,
                session,
                stream,
                publisher,
                LostEvents.of(stages, session),
                new ResumePoint(stream.start(), null, facts.origin(), Numbers.NONE));
    }

    @Override
    public boolean isIdle() {
        return false;
    }

    @Override
    public void drain(Duration timeout) {
        // Nothing has begun.
    }

    @Override
    public void close() {
        // A step that fails has closed what it opened.
    }
}
