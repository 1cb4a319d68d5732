package dev.fullstate.outbox.relay.kafka;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The connections of one simulated process to {@link SimulatedKafka}. */
public final class SimulatedProducers implements Kafka {

    private final SimulatedKafka broker;
    private final RandomGenerator random;
    private final List<SimulatedProducer> producers = new ArrayList<>();

    SimulatedProducers(SimulatedKafka broker, RandomGenerator random) {
        this.broker = broker;
        this.random = random;
    }

    @Override
    public Producer<byte[], byte @Nullable []> producer(@Nullable String transactionalId) {
        SimulatedProducer producer = new SimulatedProducer(broker, random, transactionalId);
        producers.add(producer);
        return producer;
    }

    /** Lets some of what is under way arrive, and some answers return. */
    public void exchange() {
        if (random.nextInt(8) == 0) {
            broker.letLateRequestsArrive();
        }
        producers.forEach(SimulatedProducer::exchange);
        producers.removeIf(SimulatedProducer::isClosed);
    }

    /** Ends the process; what is on the wire may still arrive. */
    public void kill() {
        producers.forEach(SimulatedProducer::kill);
        producers.clear();
    }

    @Override
    public CompletableFuture<Map<String, KafkaTopic>> topics(Set<String> names) {
        return broker.strikes()
                ? CompletableFuture.failedFuture(BrokerException.of("Simulated", new TimeoutException("No answer")))
                : CompletableFuture.completedFuture(broker.topics(names));
    }

    @Override
    public CompletableFuture<Boolean> takesEvents(String topic) {
        return CompletableFuture.completedFuture(true);
    }

    @Override
    public CompletableFuture<Boolean> takesEventsOrMayBeCreated(
            String topic, @Nullable Integer partitionCount, @Nullable Short replicationFactor) {
        return takesEvents(topic);
    }

    @Override
    public short transactionVersion() {
        requireAnswer();
        return broker.transactionVersion();
    }

    @Override
    public boolean areMarkersWritten(String transactionalId, Duration timeout) {
        requireAnswer();
        return broker.areMarkersWritten(transactionalId);
    }

    @Override
    public void createTopic(
            String topic, Keeping keeping, @Nullable Integer partitionCount, @Nullable Short replicationFactor) {
        throw new IllegalStateException("All topics exist");
    }

    @Override
    public LastValues follow(String topic, Set<String> keys, Set<String> others) {
        requireAnswer();
        return new LastValues() {

            @Override
            public void keepUp() {
                // Each call of current() reads the broker.
            }

            @Override
            public Map<String, byte[]> current() {
                requireAnswer();
                Set<String> all = new HashSet<>(keys);
                all.addAll(others);
                return broker.lastValues(topic, all);
            }

            @Override
            public void close() {
                // Nothing is open.
            }
        };
    }

    @Override
    public CompletableFuture<Map<TopicPartition, Long>> ends(Set<String> topics) {
        return broker.strikes()
                ? CompletableFuture.failedFuture(
                        BrokerException.of("Simulated", new TimeoutException("The topics cannot be read")))
                : CompletableFuture.completedFuture(broker.ends(topics));
    }

    @Override
    public Search search(Set<String> topics, Instant since) {
        requireAnswer();
        return broker.search(topics);
    }

    private void requireAnswer() {
        if (broker.strikes()) {
            throw BrokerException.of("Simulated", new TimeoutException("No answer"));
        }
    }

    @Override
    public void close() {
        // Of the connections only the producers have a state.
    }
}
