package dev.fullstate.outbox.relay.kafka;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;

import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A producer of {@link SimulatedKafka}: keeps the order per partition and no other. Of {@link MockProducer} it has only what the
 * publishers never call.
 */
final class SimulatedProducer extends MockProducer<byte[], byte @Nullable []> {

    private final SimulatedKafka broker;
    private final RandomGenerator random;
    private final @Nullable String transactionalId;
    private final Map<String, Deque<Sent>> unsent = new TreeMap<>();
    /** The partitions of which the broker knows this producer. */
    private final Set<String> known = new HashSet<>();

    private final Deque<Runnable> answers = new ArrayDeque<>();
    private @Nullable Exception failure;
    private int epoch;
    private boolean closed;

    private record Sent(ProducerRecord<byte[], byte @Nullable []> record, Callback callback) {}

    SimulatedProducer(SimulatedKafka broker, RandomGenerator random, @Nullable String transactionalId) {
        this.broker = broker;
        this.random = random;
        this.transactionalId = transactionalId;
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void initTransactions() {
        if (broker.strikes()) {
            throw new TimeoutException("No answer to the initialisation");
        }
        epoch = broker.initialize(id());
        if (broker.strikes()) {
            throw new TimeoutException("The answer to the initialisation was lost");
        }
    }

    @Override
    public void beginTransaction() {
        requireUsable();
    }

    @Override
    public synchronized Future<RecordMetadata> send(
            ProducerRecord<byte[], byte @Nullable []> record, Callback callback) {
        requireUsable();
        unsent.computeIfAbsent(SimulatedKafka.partition(record), partition -> new ArrayDeque<>())
                .add(new Sent(record, callback));
        return new CompletableFuture<>();
    }

    /** Flushes, and asks for the commit. */
    @Override
    public void commitTransaction() {
        requireUsable();
        while (!unsent.values().stream().allMatch(Deque::isEmpty)) {
            exchange();
        }
        answerAll();
        if (failure != null) {
            throw new KafkaException("A record of the transaction was rejected", failure);
        }
        broker.commit(id(), epoch);
    }

    /** Lets a few records arrive, of any partition, and a few answers return. */
    void exchange() {
        unsent.forEach((partition, records) -> {
            elect(partition, records);
            for (int count = random.nextInt(4); count > 0 && !records.isEmpty(); count--) {
                known.add(partition);
                arrive(records.remove());
            }
        });
        for (int count = random.nextInt(4); count > 0 && !answers.isEmpty(); count--) {
            answers.remove().run();
        }
    }

    /**
     * Lets a leader that is just being elected reject a record, and accept the next one a moment later: any record may be the first of a
     * producer that it does not know. The rejected record then is out of order for ever.
     */
    private void elect(String partition, Deque<Sent> records) {
        if (transactionalId == null && !known.contains(partition) && records.size() > 1 && random.nextInt(4) == 0) {
            Sent refused = records.remove();
            known.add(partition);
            arrive(records.remove());
            failure = new OutOfOrderSequenceException("The record expired");
            arrive(refused);
        }
    }

    private void arrive(Sent sent) {
        if (failure == null) {
            try {
                if (transactionalId != null && broker.strikes()) {
                    throw new TimeoutException("The record expired");
                }
                broker.append(transactionalId, epoch, sent.record());
            } catch (KafkaException e) {
                failure = e;
            }
        }
        Exception refusal = failure;
        answers.add(() ->
                sent.callback().onCompletion(new RecordMetadata(new TopicPartition("any", 0), 0, 0, 0, 0, 0), refusal));
    }

    private void answerAll() {
        while (!answers.isEmpty()) {
            answers.remove().run();
        }
    }

    void kill() {
        if (!closed) {
            closed = true;
            arriveInPart();
        }
    }

    private void arriveInPart() {
        unsent.values().forEach(partition -> {
            for (int count = random.nextInt(partition.size() + 1); count > 0; count--) {
                arrive(partition.remove());
            }
        });
    }

    @Override
    public void close(Duration timeout) {
        if (closed) {
            return;
        }
        closed = true;
        arriveInPart();
        if (transactionalId != null && epoch > 0 && random.nextBoolean()) {
            abortQuietly();
        }
        failure = new KafkaException("The producer is closed");
        List<Deque<Sent>> rest = new ArrayList<>(unsent.values());
        rest.forEach(partition -> partition.forEach(this::arrive));
        unsent.clear();
        answerAll();
    }

    private void abortQuietly() {
        try {
            broker.abort(id(), epoch);
        } catch (KafkaException e) {
            failure = e; // Fenced: a successor has aborted it.
        }
    }

    @Override
    public void close() {
        close(Duration.ZERO);
    }

    private void requireUsable() {
        if (closed) {
            throw new IllegalStateException("The producer is closed");
        }
    }

    private String id() {
        return Objects.requireNonNull(transactionalId);
    }
}
