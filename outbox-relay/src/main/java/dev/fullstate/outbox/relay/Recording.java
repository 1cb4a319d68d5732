package dev.fullstate.outbox.relay;

import java.util.concurrent.atomic.AtomicBoolean;

import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.publish.Publisher;

/** Records a position in Kafka, without any event, before the next piece of work may begin. */
final class Recording {

    private final Publisher publisher;
    /** True if a position that was committed since this began is published; set by any thread, and never taken back. */
    private final AtomicBoolean done = new AtomicBoolean();

    /** @param whenDone is called, by any thread, before it is done */
    Recording(Publisher publisher, Runnable whenDone) {
        this.publisher = publisher;
        publisher.publishNothing(() -> {
            whenDone.run();
            done.set(true);
        });
    }

    /** Commits a position, or goes on waiting for the commit; returns whether Kafka has it. */
    boolean commit(ResumePoint point) {
        publisher.commitIfDue(point, true);
        return done.get();
    }
}
