package dev.fullstate.outbox.faults.point;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.kafka.Kafka;
import dev.fullstate.outbox.relay.kafka.KafkaTopic;
import dev.fullstate.outbox.relay.kafka.Search;
import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.position.Numbers;
import dev.fullstate.outbox.relay.position.Origin;
import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.position.Shift;
import dev.fullstate.outbox.relay.wal.Facts;
import dev.fullstate.outbox.relay.wal.WalSource;

/** A relay that is broken on purpose, in one place, and that the judge must not let pass. */
public enum Mutant {
    /** Takes an event that has only been sent for acknowledged. */
    ACKNOWLEDGES_TOO_EARLY {
        @Override
        Object[] sending(Object[] recordAndCallback) {
            ((Callback) recordAndCallback[1]).onCompletion(null, null);
            Callback deaf = (metadata, exception) -> {};
            return new Object[] {recordAndCallback[0], deaf};
        }
    },
    /** Ignores the position in Kafka, and the events that Kafka has. */
    IGNORES_THE_POSITION {
        @Override
        Set<String> searching(Set<String> topics) {
            return Set.of();
        }

        @Override
        Map<String, byte[]> reading(Map<String, byte[]> positions) {
            return Map.of();
        }
    },
    /** Does not note how far a partly published transaction is. */
    FORGETS_THE_PLACE_IN_A_TRANSACTION {
        @Override
        Object[] sending(Object[] recordAndCallback) {
            ProducerRecord<?, ?> record = (ProducerRecord<?, ?>) recordAndCallback[0];
            // Events have headers, positions have none.
            boolean position = !record.headers().iterator().hasNext();
            return position && record.value() instanceof byte[] value
                    ? new Object[] {withoutPartlyPublished(record, value), recordAndCallback[1]}
                    : recordAndCallback;
        }
    },
    /**
     * Takes any database for the one that the position is from: it compares neither timelines nor the end of the WAL nor the newest row.
     */
    TAKES_ANY_HISTORY {
        @Override
        Facts looking(Facts facts, ResumePoint recorded) {
            return new Facts(
                    new Origin(recorded.origin().timeline(), facts.origin().publication()),
                    List.of(),
                    new Lsn(Long.MAX_VALUE),
                    facts.slot(),
                    Long.MAX_VALUE,
                    Facts.Trace.UNKNOWN,
                    facts.note(),
                    facts.source(),
                    facts.database());
        }
    },
    /** Takes any publication for the one that the position is from, and does not check it while the relay streams. */
    TAKES_ANY_PUBLICATION {
        @Override
        Facts looking(Facts facts, ResumePoint recorded) {
            return new Facts(
                    new Origin(facts.origin().timeline(), recorded.origin().publication()),
                    facts.ancestors(),
                    facts.walEnd(),
                    facts.slot(),
                    facts.lastSequence(),
                    facts.newest(),
                    facts.note(),
                    facts.source(),
                    facts.database());
        }

        @Override
        boolean requiresPublication() {
            return false;
        }
    },
    /** Uses numbers again after a loss that consumers have seen. */
    RAISES_NO_SEQUENCE {
        @Override
        Numbers continuing(Numbers numbers) {
            return new Numbers(numbers.highest(), null, Shift.NONE);
        }
    };

    /** System property: the mutant that the relay's process is to be. */
    public static final String PROPERTY = "faults.mutant";

    /** {@return the value that is sent instead} */
    Object[] sending(Object[] recordAndCallback) {
        return recordAndCallback;
    }

    /** {@return the topics that are searched instead} */
    Set<String> searching(Set<String> topics) {
        return topics;
    }

    /** {@return the value that is read instead} */
    Map<String, byte[]> reading(Map<String, byte[]> positions) {
        return positions;
    }

    /** {@return the facts that the database has instead} */
    Facts looking(Facts facts, ResumePoint recorded) {
        return facts;
    }

    boolean requiresPublication() {
        return true;
    }

    /** {@return the numbers with which a new history continues a lost one instead} */
    Numbers continuing(Numbers numbers) {
        return numbers;
    }

    WalSource around(WalSource source) {
        return BrokenDatabase.around(WalSource.class, source, this);
    }

    Kafka.Connector around(Kafka.Connector connector) {
        return settings -> new BrokenKafka(this, connector.connect(settings));
    }

    /** Removes the one word with a hash from a position, which is that of the partly published transaction. */
    private static ProducerRecord<?, ?> withoutPartlyPublished(ProducerRecord<?, ?> record, byte[] value) {
        String text = new String(value, StandardCharsets.UTF_8).replaceFirst(" [^ ]*#[0-9]+", "");
        return new ProducerRecord<>(
                record.topic(), record.partition(), record.key(), text.getBytes(StandardCharsets.UTF_8));
    }

    private record BrokenValues(Mutant mutant, Kafka.LastValues target) implements Kafka.LastValues {

        @Override
        public void keepUp() {
            target.keepUp();
        }

        @Override
        public Map<String, byte[]> current() {
            return mutant.reading(target.current());
        }

        @Override
        public void close() {
            target.close();
        }
    }

    /** Kafka with one of its answers, or one of the requests, changed. */
    private record BrokenKafka(Mutant mutant, Kafka target) implements Kafka {

        @Override
        @SuppressWarnings("unchecked") // The proxy implements the type that it is made for.
        public Producer<byte[], byte @Nullable []> producer(@Nullable String transactionalId) {
            Producer<byte[], byte @Nullable []> producer = target.producer(transactionalId);
            return (Producer<byte[], byte @Nullable []>) Proxy.newProxyInstance(
                    Producer.class.getClassLoader(),
                    new Class<?>[] {Producer.class},
                    (proxy, method, arguments) -> call(producer, method, arguments));
        }

        private @Nullable Object call(Object producer, Method method, Object @Nullable [] arguments) throws Throwable {
            Object[] given = arguments == null ? new Object[0] : arguments;
            boolean send = method.getName().equals("send") && given.length == 2;
            try {
                return method.invoke(producer, send ? mutant.sending(given) : given);
            } catch (InvocationTargetException e) {
                throw e.getCause() == null ? e : e.getCause();
            }
        }

        @Override
        public CompletableFuture<Map<String, KafkaTopic>> topics(Set<String> names) {
            return target.topics(names);
        }

        @Override
        public CompletableFuture<Boolean> takesEvents(String topic) {
            return target.takesEvents(topic);
        }

        @Override
        public CompletableFuture<Boolean> takesEventsOrMayBeCreated(
                String topic, @Nullable Integer partitionCount, @Nullable Short replicationFactor) {
            return target.takesEventsOrMayBeCreated(topic, partitionCount, replicationFactor);
        }

        @Override
        public Search search(Set<String> topics, Instant since) {
            return target.search(mutant.searching(topics), since);
        }

        @Override
        public short transactionVersion() {
            return target.transactionVersion();
        }

        @Override
        public boolean areMarkersWritten(String transactionalId, Duration timeout) {
            return target.areMarkersWritten(transactionalId, timeout);
        }

        @Override
        public void createTopic(
                String topic, Keeping keeping, @Nullable Integer partitionCount, @Nullable Short replicationFactor) {
            target.createTopic(topic, keeping, partitionCount, replicationFactor);
        }

        @Override
        public LastValues follow(String topic, Set<String> keys, Set<String> others) {
            return new BrokenValues(mutant, target.follow(topic, keys, others));
        }

        @Override
        public CompletableFuture<Map<TopicPartition, Long>> ends(Set<String> topics) {
            return target.ends(topics);
        }

        @Override
        public void close() {
            target.close();
        }
    }
}
