package dev.fullstate.outbox.faults.point;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.publish.Kafka;
import dev.fullstate.outbox.relay.publish.KafkaTopic;
import dev.fullstate.outbox.relay.publish.PublisherSettings;
import dev.fullstate.outbox.relay.publish.Search;

/** A relay that is broken on purpose, in one place: what the judge must not let pass. */
public enum Mutant {
    /** What has only been sent is taken for acknowledged. */
    ACKNOWLEDGES_TOO_EARLY {
        @Override
        Object[] sending(Object[] recordAndCallback, PublisherSettings settings) {
            ((Callback) recordAndCallback[1]).onCompletion(null, null);
            Callback deaf = (metadata, exception) -> {};
            return new Object[] {recordAndCallback[0], deaf};
        }
    },
    /** Where Kafka says that events are published up to, is not looked at, and neither is what Kafka has. */
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
    /** Of a transaction that is published by half, it is not noted how far. */
    FORGETS_THE_PLACE_IN_A_TRANSACTION {
        @Override
        Object[] sending(Object[] recordAndCallback, PublisherSettings settings) {
            ProducerRecord<?, ?> record = (ProducerRecord<?, ?>) recordAndCallback[0];
            boolean position = record.topic().equals(settings.transactions().positionTopic());
            return position && record.value() instanceof byte[] value
                    ? new Object[] {withoutTheHalf(record, value), recordAndCallback[1]}
                    : recordAndCallback;
        }
    };

    /** System property: the mutant that the relay's process is to be. */
    public static final String PROPERTY = "faults.mutant";

    /** {@return what is sent instead} */
    Object[] sending(Object[] recordAndCallback, PublisherSettings settings) {
        return recordAndCallback;
    }

    /** {@return the topics that are looked through instead} */
    Set<String> searching(Set<String> topics) {
        return topics;
    }

    /** {@return what is read instead} */
    Map<String, byte[]> reading(Map<String, byte[]> positions) {
        return positions;
    }

    Kafka.Connector around(Kafka.Connector connector) {
        return settings -> new BrokenKafka(this, connector.connect(settings), settings);
    }

    /** The one word of a position with a hash is that of the transaction which is published by half. */
    private static ProducerRecord<?, ?> withoutTheHalf(ProducerRecord<?, ?> record, byte[] value) {
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
    private record BrokenKafka(Mutant mutant, Kafka target, PublisherSettings settings) implements Kafka {

        @Override
        @SuppressWarnings("unchecked") // The proxy is what it is made for.
        public Producer<byte[], byte @Nullable []> producer(Map<String, Object> properties) {
            Producer<byte[], byte @Nullable []> producer = target.producer(properties);
            return (Producer<byte[], byte @Nullable []>) Proxy.newProxyInstance(
                    Producer.class.getClassLoader(),
                    new Class<?>[] {Producer.class},
                    (proxy, method, arguments) -> call(producer, method, arguments));
        }

        private @Nullable Object call(Object producer, Method method, Object @Nullable [] arguments) throws Throwable {
            Object[] given = arguments == null ? new Object[0] : arguments;
            boolean send = method.getName().equals("send") && given.length == 2;
            try {
                return method.invoke(producer, send ? mutant.sending(given, settings) : given);
            } catch (InvocationTargetException e) {
                throw e.getCause() == null ? e : e.getCause();
            }
        }

        @Override
        public CompletableFuture<Map<String, KafkaTopic>> topics(Set<String> names) {
            return target.topics(names);
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
        public void createTopic(String topic, @Nullable Integer partitionCount, @Nullable Short replicationFactor) {
            target.createTopic(topic, partitionCount, replicationFactor);
        }

        @Override
        public LastValues follow(String topic, Set<String> keys) {
            return new BrokenValues(mutant, target.follow(topic, keys));
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
