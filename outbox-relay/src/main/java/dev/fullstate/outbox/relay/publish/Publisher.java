package dev.fullstate.outbox.relay.publish;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.failure.Warning;
import dev.fullstate.outbox.relay.kafka.BrokerException;
import dev.fullstate.outbox.relay.kafka.Search;
import dev.fullstate.outbox.relay.parking.Parked;
import dev.fullstate.outbox.relay.parking.Parking;
import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.route.RoutedEvent;
import dev.fullstate.outbox.relay.transaction.UnpublishableRowException;

/**
 * Publishes events in the order in which they are given, per partition.
 *
 * <p>After the first event that Kafka has rejected, the publisher is of no more use: Kafka may have later ones, so the caller has to close
 * it and begin again with the rejected one. Used by one thread.
 */
public interface Publisher extends AutoCloseable {

    /**
     * Returns up to where Kafka has the events according to the position that is written there: where a successor would resume. Nothing beyond it
     * may be confirmed. Null if Kafka has no position.
     */
    @Nullable
    ResumePoint resumePoint();

    /** Returns the aggregates whose events wait. Whatever the caller changes is recorded with the next position. */
    Parking parking();

    /** Returns the aggregates whose events wait according to {@link #resumePoint()}. */
    Parked recordedParking();

    /** {@return the faults that do not keep it from publishing} */
    List<Warning> warnings();

    /** {@return whether {@link #resumePoint()} covers everything that was given} */
    boolean isRecorded();

    /** Returns the size of all events that were sent and that consumers cannot read yet. */
    long inFlightBytes();

    /** {@return the number of answers from Kafka, of any kind} */
    long answeredCount();

    /** {@return whether more events may be given} */
    boolean isReady();

    /** {@return whether a commit is under way of which {@link #commitIfDue} has to take note} */
    boolean isCommitting();

    /**
     * Sends an event, at once or after others; does not wait until Kafka has it.
     *
     * @param published called by any thread once consumers can read the event, and not if Kafka rejects it
     * @throws UnpublishableRowException if the event has no form as a record; the publisher has done nothing then
     * @throws BrokerException if the event cannot be sent
     */
    void publish(RoutedEvent event, Runnable published);

    /**
     * Sends a dead letter, as {@link #publish} an event.
     *
     * @throws BrokerException if the letter cannot be sent
     */
    void publishDeadLetter(DeadLetter letter, Runnable published);

    /**
     * Publishes the absence of events up to a position.
     *
     * @param published called by any thread once a successor would know that
     */
    void publishNothing(Runnable published);

    /**
     * Commits what has been given, with the position after it, if that is due: ends the Kafka transaction or, with at-least-once delivery,
     * writes the position once all events before it are acknowledged, as a consumer commits its offsets. Also takes note of how earlier commits
     * have ended. Does not wait for Kafka.
     *
     * @param upTo the position after all that was given
     * @param drained whether there was nothing more to give a moment ago: a Kafka transaction that is not large need not wait for more
     */
    void commitIfDue(ResumePoint upTo, boolean drained);

    /**
     * Finds out, without keeping the caller waiting, the offsets up to which a consumer has to read to have everything published by now.
     *
     * @return by partition, the offset after its last record; completes exceptionally with a {@link BrokerException}
     */
    CompletableFuture<Map<TopicPartition, Long>> ends(Set<String> topics);

    /**
     * Asks, without keeping the caller waiting, whether a topic would take an event: whether it exists or may be created, and may be written, as
     * far as Kafka tells.
     *
     * @return completes exceptionally with a {@link BrokerException}
     */
    CompletableFuture<Boolean> takesEvents(String topic);

    /** Returns the topics to which events of this outbox were published, as far as Kafka has kept that with the position. */
    Set<String> topics();

    /**
     * Begins to look for what was published.
     *
     * @param topics those that do not exist are left out
     * @param since the time of the records, by their sender's clock
     */
    Search search(Set<String> topics, Instant since);

    /**
     * Makes sure that Kafka has rejected nothing so far.
     *
     * @throws BrokerException if there is one
     */
    void requireNoFailure();

    /** Gives up whatever is in flight; to keep it, wait before until nothing is. */
    @Override
    void close();
}
