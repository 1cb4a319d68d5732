package dev.fullstate.outbox.relay;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.failure.Warning;
import dev.fullstate.outbox.relay.kafka.Search;
import dev.fullstate.outbox.relay.parking.Parked;
import dev.fullstate.outbox.relay.parking.Parking;
import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.publish.DeadLetter;
import dev.fullstate.outbox.relay.publish.Publisher;
import dev.fullstate.outbox.relay.route.RoutedEvent;

/** Forwards to another publisher, so that a test can break it in one point. */
class ForwardingPublisher implements Publisher {

    private final Publisher target;

    ForwardingPublisher(Publisher target) {
        this.target = target;
    }

    @Override
    public @Nullable ResumePoint resumePoint() {
        return target.resumePoint();
    }

    @Override
    public Parking parking() {
        return target.parking();
    }

    @Override
    public Parked recordedParking() {
        return target.recordedParking();
    }

    @Override
    public List<Warning> warnings() {
        return target.warnings();
    }

    @Override
    public boolean isRecorded() {
        return target.isRecorded();
    }

    @Override
    public long inFlightBytes() {
        return target.inFlightBytes();
    }

    @Override
    public long answeredCount() {
        return target.answeredCount();
    }

    @Override
    public boolean isReady() {
        return target.isReady();
    }

    @Override
    public boolean isCommitting() {
        return target.isCommitting();
    }

    @Override
    public void publish(RoutedEvent event, Runnable published) {
        target.publish(event, published);
    }

    @Override
    public void publishDeadLetter(DeadLetter letter, Runnable published) {
        target.publishDeadLetter(letter, published);
    }

    @Override
    public void publishNothing(Runnable published) {
        target.publishNothing(published);
    }

    @Override
    public void commitIfDue(ResumePoint upTo, boolean drained) {
        target.commitIfDue(upTo, drained);
    }

    @Override
    public CompletableFuture<Map<TopicPartition, Long>> ends(Set<String> topics) {
        return target.ends(topics);
    }

    @Override
    public CompletableFuture<Boolean> takesEvents(String topic) {
        return target.takesEvents(topic);
    }

    @Override
    public Set<String> topics() {
        return target.topics();
    }

    @Override
    public Search search(Set<String> topics, Instant since) {
        return target.search(topics, since);
    }

    @Override
    public void requireNoFailure() {
        target.requireNoFailure();
    }

    @Override
    public void close() {
        target.close();
    }
}
