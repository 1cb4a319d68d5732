package dev.fullstate.outbox.relay.kafka;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.contract.EventHeaders;
import dev.fullstate.outbox.relay.position.FoundEvent;

/**
 * A broker in memory: logs, and transactions with epochs. Random numbers decide what Kafka leaves open: when a request arrives, whether its
 * answer does, and which requests of a dead producer still arrive. All topics have two partitions, that of the positions one.
 */
public final class SimulatedKafka {

    private final RandomGenerator random;
    private final Map<String, TransactionalId> transactionalIds = new HashMap<>();
    private final Map<String, List<Entry>> logs = new TreeMap<>();
    private final Set<String> readable = new HashSet<>();
    /** Requests to commit that are still on their way, though their producer no longer waits for them. */
    private final List<Late> late = new ArrayList<>();

    private final short transactionVersion;
    private Consumer<String> narrator = happened -> {};
    private double faultRate;
    private int earlyCount;

    private record Late(String transactionalId, int epoch) {}

    private enum Outcome {
        OPEN,
        COMMITTED,
        ABORTED
    }

    private static final class Entry {

        private final ProducerRecord<byte[], byte @Nullable []> record;
        private Outcome outcome = Outcome.OPEN;

        private Entry(ProducerRecord<byte[], byte @Nullable []> record) {
            this.record = record;
        }
    }

    private static final class TransactionalId {

        private final List<Entry> open = new ArrayList<>();
        private int epoch;
        /** True from the acknowledgement of a commit until the markers of that transaction are written. */
        private boolean markersPending;
    }

    /** @param random decides what Kafka leaves open */
    public SimulatedKafka(RandomGenerator random) {
        this.random = random;
        this.transactionVersion = (short) (1 + random.nextInt(2));
    }

    /** Tells a listener what the broker does, in a line each. */
    public void narrateTo(Consumer<String> listener) {
        narrator = listener;
    }

    /** Sets how often, between 0 and 1, a request fails. */
    public void faultRate(double rate) {
        faultRate = rate;
    }

    /** Makes the connections of one process to the broker. */
    public SimulatedProducers client() {
        return new SimulatedProducers(this, random);
    }

    /** Returns whether a consumer with isolation read_committed can read a record with this value. */
    public boolean isReadable(String value) {
        return readable.contains(value);
    }

    /** Returns whether a record with this value lies before an offset, and can be read. */
    public boolean isBefore(String value, String topic, int partition, long offset) {
        return logs.getOrDefault(topic + "/" + partition, List.of()).stream()
                .limit(offset)
                .anyMatch(entry -> entry.outcome == Outcome.COMMITTED
                        && entry.record.value() != null
                        && value.equals(new String(entry.record.value(), StandardCharsets.UTF_8)));
    }

    /** Returns the committed records of the topics with this prefix, partition by partition. */
    public List<ProducerRecord<byte[], byte @Nullable []>> committed(String topicPrefix) {
        List<ProducerRecord<byte[], byte @Nullable []>> records = new ArrayList<>();
        logs.forEach((partition, log) -> {
            if (partition.startsWith(topicPrefix)) {
                log.stream()
                        .filter(entry -> entry.outcome == Outcome.COMMITTED)
                        .forEach(entry -> records.add(entry.record));
            }
        });
        return records;
    }

    /** Has the coordinator abort the transactions that have been open for too long. */
    public void expireTransactions() {
        transactionalIds.values().forEach(id -> {
            if (!id.open.isEmpty()) {
                id.epoch++;
                end(id, Outcome.ABORTED);
            }
        });
    }

    /** Fences off all producers so far, and aborts their transactions. */
    public void fenceAll() {
        transactionalIds.values().forEach(id -> {
            id.epoch++;
            end(id, Outcome.ABORTED);
        });
    }

    boolean strikes() {
        return random.nextDouble() < faultRate;
    }

    static String partition(ProducerRecord<byte[], byte @Nullable []> record) {
        Integer partition = record.partition();
        return record.topic() + "/" + (partition != null ? partition : Math.floorMod(Arrays.hashCode(record.key()), 2));
    }

    Map<String, byte[]> lastValues(String topic, Set<String> keys) {
        Map<String, byte[]> last = new HashMap<>();
        for (Entry entry : logs.getOrDefault(topic + "/0", List.of())) {
            String key = new String(entry.record.key(), StandardCharsets.UTF_8);
            byte[] value = entry.record.value();
            if (entry.outcome == Outcome.COMMITTED && keys.contains(key) && value != null) {
                last.put(key, value);
            }
        }
        return last;
    }

    /** Describes the topics: all have two partitions, that of the positions one. */
    Map<String, KafkaTopic> topics(Set<String> names) {
        Map<String, KafkaTopic> topics = new HashMap<>();
        for (String name : names) {
            topics.put(name, new KafkaTopic(name, name, name.contains(".") ? 2 : 1, "compact"));
        }
        return topics;
    }

    /** Returns the offset after the last committed record of each partition that has one. */
    Map<TopicPartition, Long> ends(Set<String> topics) {
        Map<TopicPartition, Long> ends = new HashMap<>();
        logs.forEach((name, log) -> {
            int slash = name.lastIndexOf('/');
            String topic = name.substring(0, slash);
            for (int offset = 0; offset < log.size() && topics.contains(topic); offset++) {
                if (log.get(offset).outcome == Outcome.COMMITTED) {
                    ends.put(new TopicPartition(topic, Integer.parseInt(name.substring(slash + 1))), offset + 1L);
                }
            }
        });
        return ends;
    }

    /** Aborts the open transactions, and finds the committed records. */
    Search search(Set<String> topics) {
        expireTransactions();
        List<FoundEvent> found = new ArrayList<>();
        for (String topic : topics) {
            for (ProducerRecord<byte[], byte @Nullable []> record : committed(topic + "/")) {
                found.add(new FoundEvent(
                        UUID.fromString(header(record, EventHeaders.ID)),
                        sequence(record),
                        topic,
                        new String(record.key(), StandardCharsets.UTF_8),
                        null,
                        null,
                        null));
            }
        }
        Iterator<List<FoundEvent>> pieces = List.of(found).iterator();
        return new Search() {

            @Override
            public @Nullable List<FoundEvent> next() {
                return pieces.hasNext() ? pieces.next() : null;
            }

            @Override
            public void close() {
                // The search holds nothing.
            }
        };
    }

    private static String describe(ProducerRecord<byte[], byte @Nullable []> record) {
        String key = new String(record.key(), StandardCharsets.UTF_8);
        byte[] value = record.value();
        String text = value == null ? "nothing" : new String(value, StandardCharsets.UTF_8);
        return record.headers().lastHeader(EventHeaders.SEQUENCE) == null
                ? key + " = " + text
                : "row " + text + " of " + key + ", sequence " + sequence(record);
    }

    /** Returns the sequence under which an event was published. */
    public static long sequence(ProducerRecord<byte[], byte @Nullable []> record) {
        return Long.parseLong(header(record, EventHeaders.SEQUENCE));
    }

    private static String header(ProducerRecord<byte[], byte @Nullable []> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    /** Returns the new epoch, and aborts the transaction of the one before. */
    int initialize(String transactionalId) {
        TransactionalId id = transactionalIds.computeIfAbsent(transactionalId, any -> new TransactionalId());
        int aborted = id.open.size();
        end(id, Outcome.ABORTED);
        id.epoch++;
        // An initialisation waits for them.
        id.markersPending = false;
        narrator.accept("gives the producer epoch " + id.epoch
                + (aborted == 0 ? "" : ", and aborts the transaction of the one before; records: " + aborted));
        return id.epoch;
    }

    void append(@Nullable String transactionalId, int epoch, ProducerRecord<byte[], byte @Nullable []> record) {
        Entry entry = new Entry(record);
        if (transactionalId == null) {
            end(entry, Outcome.COMMITTED);
        } else {
            TransactionalId id = current(transactionalId, epoch);
            earlyCount += id.markersPending ? 1 : 0;
            id.markersPending = false;
            id.open.add(entry);
        }
        List<Entry> log = logs.computeIfAbsent(partition(record), partition -> new ArrayList<>());
        log.add(entry);
        narrator.accept("appends to " + partition(record) + " at " + (log.size() - 1) + ": " + describe(record));
    }

    /** Ends the transaction; the request may be lost before or after that. */
    void commit(String transactionalId, int epoch) {
        if (strikes()) {
            late.add(new Late(transactionalId, epoch));
            throw new TimeoutException("The request to commit was lost, or takes its time");
        }
        TransactionalId id = current(transactionalId, epoch);
        narrator.accept("commits a transaction of epoch " + epoch + "; records: " + id.open.size());
        end(id, Outcome.COMMITTED);
        id.markersPending = true;
        if (strikes()) {
            throw new TimeoutException("The answer to the commit was lost");
        }
    }

    /** Has the markers of a transaction written at some time after its commit. */
    boolean areMarkersWritten(String transactionalId) {
        TransactionalId id = transactionalIds.get(transactionalId);
        if (id != null && random.nextInt(3) == 2) {
            id.markersPending = false;
        }
        return id == null || !id.markersPending;
    }

    /** Returns how many transactions began before the markers of the one before were written, and so had to wait. */
    public int earlyCount() {
        return earlyCount;
    }

    short transactionVersion() {
        return transactionVersion;
    }

    /**
     * Lets late requests to commit arrive. From transaction version 2 on, a request belongs to one transaction; below, it ends any open
     * transaction of its epoch.
     */
    void letLateRequestsArrive() {
        for (Late request : late) {
            TransactionalId id = transactionalIds.get(request.transactionalId());
            if (transactionVersion < 2 && id != null && id.epoch == request.epoch()) {
                end(id, Outcome.COMMITTED);
            }
        }
        late.clear();
    }

    void abort(String transactionalId, int epoch) {
        end(current(transactionalId, epoch), Outcome.ABORTED);
    }

    private void end(TransactionalId id, Outcome outcome) {
        id.open.forEach(entry -> end(entry, outcome));
        id.open.clear();
    }

    private void end(Entry entry, Outcome outcome) {
        entry.outcome = outcome;
        byte[] value = entry.record.value();
        if (outcome == Outcome.COMMITTED && value != null) {
            readable.add(new String(value, StandardCharsets.UTF_8));
        }
    }

    private TransactionalId current(String transactionalId, int epoch) {
        TransactionalId id = transactionalIds.get(transactionalId);
        if (id == null || id.epoch != epoch) {
            throw new ProducerFencedException("Epoch " + epoch + " of " + transactionalId + " is over");
        }
        return id;
    }
}
