package dev.fullstate.outbox.relay.publish;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.route.RoutedEvent;
import dev.fullstate.outbox.relay.transaction.ResumePoint;

/**
 * Publishes events in the order in which they are given, per partition.
 *
 * <p>After the first event that Kafka did not take, the publisher is of no more use: later ones may have been taken, so
 * whoever publishes has to close it and begin again with the failed one. Used by one thread.
 */
public sealed interface Publisher extends AutoCloseable permits IdempotentPublisher, TransactionalPublisher {

    /**
     * Connects to Kafka.
     *
     * @param pipeline names, for all time and in the whole Kafka cluster, the outbox that is published
     * @throws PublishException if it does not answer
     */
    static Publisher open(PublisherSettings settings, String pipeline) {
        return switch (settings.delivery()) {
            case EXACTLY_ONCE -> TransactionalPublisher.open(settings, pipeline);
            case AT_LEAST_ONCE -> IdempotentPublisher.open(settings, pipeline);
        };
    }

    /** Up to where Kafka has the events, according to Kafka; null if it does not know. */
    @Nullable
    ResumePoint resumePoint();

    /** Sizes of all events that were sent and that consumers cannot read yet. */
    long inFlightBytes();

    /** How many answers have come from Kafka, whatever they were. */
    long answeredCount();

    /** Whether events can be sent now. */
    boolean isReady();

    /**
     * Sends an event; does not wait until Kafka has it.
     *
     * @param published called by any thread once consumers can read the event, and not if Kafka does not take it
     * @throws PublishException if the event cannot be sent
     */
    void publish(RoutedEvent event, Runnable published);

    /**
     * Publishes that there is no event up to a position.
     *
     * @param published called by any thread once that is known to whoever resumes
     */
    void publishNothing(Runnable published);

    /**
     * Notes that everything up to a point is sent; brings to an end what is due.
     *
     * @param point where to resume after it; null if that is impossible
     * @param idle whether there is nothing to send at the moment, and so no reason to wait for more
     */
    void sentUpTo(@Nullable ResumePoint point, boolean idle);

    /**
     * Tells of the first event that Kafka has not taken.
     *
     * @throws PublishException if there is one
     */
    void requireNoFailure();

    /** Gives up whatever is in flight; to keep it, wait before until nothing is. */
    @Override
    void close();
}
