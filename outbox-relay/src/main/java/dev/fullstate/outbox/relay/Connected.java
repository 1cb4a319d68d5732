package dev.fullstate.outbox.relay;

import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.publish.Publisher;
import dev.fullstate.outbox.relay.wal.Subscription;
import dev.fullstate.outbox.relay.wal.WalSession;

/**
 * Both sides of a relay that leads. The present activity owns them, and closes them or hands them to the next.
 *
 * @param session leads
 * @param subscription of the session
 * @param publisher has taken over from its predecessor
 */
record Connected(WalSession session, Subscription subscription, Publisher publisher) {

    /** Goes on after a point before which nothing is missing. */
    Activity goOn(ResumePoint point, Stages stages, LostEvents lostEvents) {
        return switch (subscription.source()) {
            case WAL -> Streaming.after(point, stages, this, lostEvents);
            case TABLE -> new Polling(stages, this, point, lostEvents);
        };
    }

    void close() {
        publisher.close();
        session.close();
    }
}
