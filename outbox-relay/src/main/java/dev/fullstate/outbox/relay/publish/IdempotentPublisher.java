package dev.fullstate.outbox.relay.publish;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.publish.RecordSender.Sendable;
import dev.fullstate.outbox.relay.route.RoutedEvent;

/** At least once: an event is published when the broker has acknowledged it. Where to resume, only PostgreSQL knows. */
final class IdempotentPublisher implements Publisher {

    private final RecordSender sender;
    private final long maxInFlightBytes;
    private final AtomicLong inFlightBytes = new AtomicLong();

    IdempotentPublisher(RecordSender sender, long maxInFlightBytes) {
        this.sender = sender;
        this.maxInFlightBytes = maxInFlightBytes;
    }

    @Override
    public @Nullable ResumePoint resumePoint() {
        return null;
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
        return inFlightBytes.get() < maxInFlightBytes;
    }

    @Override
    public boolean isCommitting() {
        return false;
    }

    @Override
    public void publish(RoutedEvent event, Runnable published) {
        requireNoFailure();
        Sendable sendable = sender.sendable(event);
        inFlightBytes.addAndGet(sendable.size());
        sender.send(sendable, () -> {
            inFlightBytes.addAndGet(-sendable.size());
            published.run();
        });
    }

    @Override
    public void publishNothing(Runnable published) {
        published.run();
    }

    @Override
    public void sentUpTo(ResumePoint point, boolean drained) {
        // Acknowledged one by one.
    }

    @Override
    public CompletableFuture<Map<TopicPartition, Long>> ends(Set<String> topics) {
        return sender.ends(topics);
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
