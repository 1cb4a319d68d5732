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

    /** Goes on after a point before which nothing is missing, but for rows that wait for their topic. */
    Activity goOn(ResumePoint point, Stages stages, LostEvents lostEvents) {
        HeldTopics topics = HeldTopics.of(stages, publisher, point);
        if (point.fill() == null
                && !topics.released(point.waiting().types().keySet()).isEmpty()) {
            return new CatchingUp(stages, this, point, lostEvents, topics);
        }
        return switch (subscription.source()) {
            case WAL -> Streaming.after(point, stages, this, lostEvents, topics);
            case TABLE -> new Polling(stages, this, point, lostEvents, topics);
        };
    }

    void close() {
        publisher.close();
        session.close();
    }
}
