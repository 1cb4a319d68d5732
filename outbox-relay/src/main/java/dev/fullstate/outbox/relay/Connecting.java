package dev.fullstate.outbox.relay;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.acknowledge.Progress;
import dev.fullstate.outbox.relay.publish.Publisher;
import dev.fullstate.outbox.relay.wal.WalSession;

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

    @Override
    public Activity step() {
        WalSession session = stages.source().open();
        try {
            return connectToKafka(session);
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    private Activity connectToKafka(WalSession session) {
        Publisher publisher = stages.publisher().get();
        try {
            return session.slotPosition().isPresent()
                    ? Streaming.start(stages, session, publisher)
                    : FirstStart.start(stages, session, publisher);
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
    public @Nullable Progress progress() {
        return null;
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
