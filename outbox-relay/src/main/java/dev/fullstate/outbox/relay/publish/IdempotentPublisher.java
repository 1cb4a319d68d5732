package dev.fullstate.outbox.relay.publish;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.failure.Warning;
import dev.fullstate.outbox.relay.kafka.Search;
import dev.fullstate.outbox.relay.parking.Parked;
import dev.fullstate.outbox.relay.parking.Parking;
import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.publish.RecordSender.Sendable;
import dev.fullstate.outbox.relay.route.RoutedEvent;

/**
 * At least once: an event is published when the broker has acknowledged it. The position after a batch of events is written once all
 * of them are acknowledged, and no event waits for it: a batch ends by time only.
 */
final class IdempotentPublisher implements Publisher {

    private final PublisherSettings settings;
    private final RecordSender sender;
    private final PositionTopic positions;
    private final LongSupplier nanoTime;
    /** Of the events that are sent and not acknowledged. */
    private final AtomicLong inFlightBytes = new AtomicLong();

    private final FirstRecords firstRecords = new FirstRecords();
    /** The last position that Kafka has: everything before it is acknowledged. */
    private @Nullable ResumePoint recorded;
    /** Changed by the caller. */
    private final Parking parking;
    /** As it was at {@code recorded}. */
    private Parked recordedParking;
    /** The events given after {@code ended}, or, without that, after {@code recorded}. */
    private Batch current = new Batch();
    /** All that was given before the current batch and after {@code recorded}; null if nothing was. So at most one position is on its way. */
    private @Nullable Ended ended;
    /** When a batch last ended; only rises. */
    private long endedAt;

    /** The events given since the last position. */
    private static final class Batch {

        /** Events of the batch that are sent and not acknowledged; once it is 0 in a batch that has ended, it stays 0. */
        private final AtomicInteger unacknowledgedCount = new AtomicInteger();
        /** Calls that are due only with the position after the batch. */
        private final List<Runnable> whenRecorded = new ArrayList<>();
        /** False from the first event or call on; an empty batch never ends. */
        private boolean empty = true;
    }

    /** A batch that nothing is added to any more, with the position after it. */
    private static final class Ended {

        private final Batch batch;
        private final ResumePoint point;
        private final Parked parked;
        /** True once the position is on its way or written; only after all events of the batch are acknowledged. */
        private boolean sent;
        /** True once Kafka has the position; only after it was sent. Set by a thread of the producer. */
        private volatile boolean written;

        private Ended(Batch batch, ResumePoint point, Parked parked) {
            this.batch = batch;
            this.point = point;
            this.parked = parked;
        }
    }

    /** @param recorded the last position that is written; null if there is none */
    IdempotentPublisher(
            PublisherSettings settings,
            RecordSender sender,
            PositionTopic positions,
            @Nullable ResumePoint recorded,
            LongSupplier nanoTime) {
        this.settings = settings;
        this.sender = sender;
        this.positions = positions;
        this.recorded = recorded;
        this.parking = positions.parking(sender);
        this.recordedParking = parking.now();
        this.nanoTime = nanoTime;
        this.endedAt = nanoTime.getAsLong() - interval();
    }

    private long interval() {
        return settings.commitInterval().toNanos();
    }

    @Override
    public @Nullable ResumePoint resumePoint() {
        return recorded;
    }

    @Override
    public Parking parking() {
        return parking;
    }

    @Override
    public Parked recordedParking() {
        return recordedParking;
    }

    @Override
    public List<Warning> warnings() {
        return sender.warnings();
    }

    @Override
    public boolean isRecorded() {
        return ended == null && current.empty;
    }

    @Override
    public long inFlightBytes() {
        return inFlightBytes.get();
    }

    @Override
    public long answeredCount() {
        return sender.answeredCount();
    }

    @Override
    public boolean isReady() {
        return inFlightBytes.get() < settings.kafka().maxInFlight().toBytes() && !firstRecords.isOneAwaited();
    }

    @Override
    public boolean isCommitting() {
        return false;
    }

    @Override
    public void publish(RoutedEvent event, Runnable published) {
        requireNoFailure();
        Sendable sendable = sender.sendable(event);
        TopicPartition partition =
                new TopicPartition(event.topic(), sendable.record().partition());
        Runnable whenPublished = sender.observe(event, sendable, published);
        firstRecords.noteSending(partition, nanoTime.getAsLong());
        send(sendable, () -> {
            firstRecords.noteAcknowledged(partition);
            whenPublished.run();
        });
    }

    @Override
    public void publishDeadLetter(DeadLetter letter, Runnable published) {
        requireNoFailure();
        send(sender.sendable(letter), published);
    }

    private void send(Sendable sendable, Runnable acknowledged) {
        Batch batch = current;
        batch.empty = false;
        batch.unacknowledgedCount.incrementAndGet();
        int size = sendable.size();
        inFlightBytes.addAndGet(size);
        sender.send(sendable, () -> {
            inFlightBytes.addAndGet(-size);
            batch.unacknowledgedCount.decrementAndGet();
            acknowledged.run();
        });
    }

    @Override
    public void publishNothing(Runnable published) {
        current.empty = false;
        current.whenRecorded.add(published);
    }

    @Override
    public void commitIfDue(ResumePoint upTo, boolean drained) {
        noteWritten();
        endBatch(upTo);
        writePosition();
        sender.topics().watch(nanoTime.getAsLong());
    }

    private void noteWritten() {
        Ended last = ended;
        if (last != null && last.written) {
            recorded = last.point;
            recordedParking = last.parked;
            last.batch.whenRecorded.forEach(Runnable::run);
            ended = null;
        }
    }

    private void endBatch(ResumePoint upTo) {
        long now = nanoTime.getAsLong();
        if (ended == null && !current.empty && now - endedAt >= interval()) {
            ended = new Ended(current, upTo, parking.now());
            current = new Batch();
            endedAt = now;
        }
    }

    private void writePosition() {
        Ended last = ended;
        if (last != null && !last.sent && last.batch.unacknowledgedCount.get() == 0) {
            requireNoFailure();
            positions.write(last.point, last.parked, sender, () -> last.written = true);
            last.sent = true;
        }
    }

    @Override
    public CompletableFuture<Map<TopicPartition, Long>> ends(Set<String> topics) {
        return sender.ends(topics);
    }

    @Override
    public CompletableFuture<Boolean> takesEvents(String topic) {
        return sender.takesEvents(topic);
    }

    @Override
    public Set<String> topics() {
        return sender.topics().names();
    }

    @Override
    public Search search(Set<String> topics, Instant since) {
        return sender.search(topics, since);
    }

    @Override
    public void requireNoFailure() {
        sender.requireNoFailure();
    }

    @Override
    public void close() {
        sender.close();
    }
}
