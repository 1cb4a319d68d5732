package dev.fullstate.outbox.relay;

import java.time.Duration;

import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.publish.PreparedPublisher;
import dev.fullstate.outbox.relay.publish.Publisher;
import dev.fullstate.outbox.relay.wal.RetainedRows;
import dev.fullstate.outbox.relay.wal.SlotInUseException;
import dev.fullstate.outbox.relay.wal.WalSession;
import dev.fullstate.outbox.relay.wal.WalStream;

/** Opens the connections to both sides; holds none itself. */
final class Connecting implements Activity {

    private final Stages stages;

    Connecting(Stages stages) {
        this.stages = stages;
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
                        : takeSlot(stages, session, prepared);
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
    static Activity takeSlot(Stages stages, WalSession session, PreparedPublisher prepared) {
        try {
            return goOn(stages, session, prepared);
        } catch (SlotInUseException e) {
            return new StandBy(stages, session, prepared);
        }
    }

    private static Activity goOn(Stages stages, WalSession session, PreparedPublisher prepared) {
        return session.slotPosition().isEmpty()
                ? firstStart(stages, session, prepared)
                : stream(stages, session, prepared);
    }

    private static Activity stream(Stages stages, WalSession session, PreparedPublisher prepared) {
        WalStream stream = session.stream();
        Publisher publisher = prepared.takeOver();
        try {
            ResumePoint resume = publisher.resumePoint();
            // Without fencing a predecessor may have put an older position after the one up to which the slot is
            // confirmed.
            if (resume != null && (publisher.isAlone() || !stream.start().isAfter(resume.through()))) {
                session.requireBetween(stream.start(), resume.through());
            }
            return new Streaming(stages, session, stream, publisher);
        } catch (RuntimeException e) {
            publisher.close();
            throw e;
        }
    }

    private static Activity firstStart(Stages stages, WalSession session, PreparedPublisher prepared) {
        RetainedRows rows = session.retainedRows();
        Publisher publisher = prepared.takeOver();
        try {
            return FirstStart.begin(stages, session, publisher, rows);
        } catch (RuntimeException e) {
            publisher.close();
            throw e;
        }
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
