package dev.fullstate.outbox.relay;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.publish.PreparedPublisher;
import dev.fullstate.outbox.relay.publish.Publisher;
import dev.fullstate.outbox.relay.wal.SlotInUseException;
import dev.fullstate.outbox.relay.wal.WalSession;

/** Opens the connections to both sides; holds none itself. */
final class Connecting implements Activity {

    private final Stages stages;
    private final @Nullable String contradiction;

    Connecting(Stages stages) {
        this(stages, null);
    }

    /** @param contradiction what has shown that the position is of another history; null if nothing has */
    Connecting(Stages stages, @Nullable String contradiction) {
        this.stages = stages;
        this.contradiction = contradiction;
    }

    @Override
    public RelayState state() {
        return RelayState.STARTING;
    }

    // The publisher is prepared before the slot is taken, because the relay cannot answer the server while Kafka is
    // slow; and it takes over after that, because a relay that has to stand by must not fence the other one's producer
    // off (ADR 25).
    @Override
    public Activity step() {
        WalSession session = open();
        try {
            if (Paused.isDue(stages, session)) {
                return new Paused(stages, session);
            }
            PreparedPublisher prepared = stages.publisher().apply(session.pipeline());
            try {
                return StandBy.isHeld(stages, session)
                        ? new StandBy(stages, session, prepared)
                        : takeSlot(stages, session, prepared, contradiction);
            } catch (RuntimeException e) {
                prepared.close();
                throw e;
            }
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    /** Opens a session and shows the WAL that the slot keeps, most of all while Kafka does not answer. */
    private WalSession open() {
        try {
            return look(stages.source().open());
        } catch (RuntimeException e) {
            // Not before: figures that went away at each attempt would end an alert.
            stages.statistics().setSlot(null);
            throw e;
        }
    }

    private WalSession look(WalSession session) {
        try {
            // The relay does not wait for a slot that is not an outbox's at all.
            session.slotPosition();
            StandBy.isHeld(stages, session);
            return session;
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    /**
     * Goes on with a slot that was free a moment ago. Of several relays that try this at once, one succeeds, and the others stand by.
     *
     * @throws RuntimeException if it fails; session and publisher are still the caller's to close then
     */
    static Activity takeSlot(
            Stages stages, WalSession session, PreparedPublisher prepared, @Nullable String contradiction) {
        try {
            return goOn(stages, session, prepared, contradiction);
        } catch (SlotInUseException e) {
            return new StandBy(stages, session, prepared);
        }
    }

    private static Activity goOn(
            Stages stages, WalSession session, PreparedPublisher prepared, @Nullable String contradiction) {
        session.lead();
        Publisher publisher = prepared.takeOver();
        try {
            return Takeover.of(stages, new Connected(session, session.subscribe(), publisher), contradiction)
                    .goOn();
        } catch (SlotInUseException e) {
            // Somebody who is not a relay has taken it since; the publisher is spent, and one that stands by prepares
            // another.
            publisher.close();
            session.close();
            return new Connecting(stages, contradiction);
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
