package dev.fullstate.outbox.relay;

import java.util.concurrent.atomic.AtomicBoolean;

import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.publish.Publisher;

/** Has Kafka have a position, without any event, before what follows may begin. */
final class Recording {

    private final Publisher publisher;
    /** Whether a position that was committed since this began is published; set by any thread, and never taken back. */
    private final AtomicBoolean done = new AtomicBoolean();

    /** @param whenDone is called, by any thread, before it is done */
    Recording(Publisher publisher, Runnable whenDone) {
        this.publisher = publisher;
        publisher.publishNothing(() -> {
            whenDone.run();
            done.set(true);
        });
    }

    /** Commits a position, or goes on waiting for that; returns whether Kafka has it. */
    boolean commit(ResumePoint point) {
        publisher.commitIfDue(point, true);
        return done.get();
    }
}
