package dev.fullstate.outbox.relay.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** The user's properties, with those replaced on which the relay's guarantees rest. */
final class ClientProperties {

    private static final int LINGER_MILLIS = 2;
    /** A commit sends what lingers, so this delays no event that the commit would not. */
    private static final int TRANSACTION_LINGER_MILLIS = 50;

    private static final int FETCH_MILLIS = 10;
    private static final int BATCH_BYTES = 64 * 1024;
    private static final int FETCH_BYTES = 256 * 1024;

    private static final Pattern USERNAME = Pattern.compile("\\busername\\s*=\\s*(\"[^\"]*\"|'[^']*'|[^\\s;]+)");

    private ClientProperties() {}

    static Map<String, Object> producer(KafkaSettings settings) {
        return producer(settings, LINGER_MILLIS);
    }

    private static Map<String, Object> producer(KafkaSettings settings, int lingerMillis) {
        Map<String, Object> properties = new HashMap<>(settings.producer().get());
        // Choices that are the user's to make; these are the measured defaults.
        properties.putIfAbsent(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        properties.putIfAbsent(ProducerConfig.LINGER_MS_CONFIG, lingerMillis);
        properties.putIfAbsent(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);

        properties.put(ProducerConfig.CLIENT_ID_CONFIG, settings.clientId());
        properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        properties.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
        // Order per key needs one partition per key.
        properties.remove(ProducerConfig.PARTITIONER_CLASS_CONFIG);
        properties.remove(ProducerConfig.PARTITIONER_IGNORE_KEYS_CONFIG);

        // No loss and no change of order: every replica in sync has it, retried without repeats or overtaking.
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        properties.put(ProducerConfig.RETRIES_CONFIG, Integer.MAX_VALUE);
        properties.remove(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION);

        // send() must not block the loop: the buffer takes all that may be in flight, and one record of any legal size.
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, settings.timeout().toMillis());
        properties.put(
                ProducerConfig.BUFFER_MEMORY_CONFIG,
                2 * settings.maxInFlight().toBytes() + maxRequestBytes(properties));
        return properties;
    }

    /** In addition, what it sends belongs to transactions, and no other producer with this id can go on after it. */
    static Map<String, Object> transactionalProducer(KafkaSettings settings, String transactionalId) {
        Map<String, Object> properties = producer(settings, TRANSACTION_LINGER_MILLIS);
        properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
        properties.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, (int)
                settings.transactionTimeout().toMillis());
        return properties;
    }

    /** {@return the admin client's properties, and those of a consumer that belongs to no group} */
    static Map<String, Object> consumer(KafkaSettings settings, IsolationLevel isolation) {
        Map<String, Object> properties = admin(settings);
        properties.keySet().removeAll(others(AdminClientConfig.configNames(), ConsumerConfig.configNames()));
        properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation.toString());
        properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        // Whatever it cannot read it must not pass over.
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        // A consumer that is closed waits for the answer to a fetch that has nothing: by default, half a second of each
        // start.
        properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_MILLIS);
        // Of the relay's memory, which is bounded, and little enough to come within the request time-out on a slow
        // line; a record that is larger still comes.
        properties.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
        properties.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCH_BYTES);
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        return properties;
    }

    /** {@return the producer's properties, also those that a class of the user's reads, as far as they are not for producers alone} */
    static Map<String, Object> admin(KafkaSettings settings) {
        Map<String, Object> properties = new HashMap<>(settings.producer().get());
        properties.keySet().removeAll(others(ProducerConfig.configNames(), AdminClientConfig.configNames()));
        // What the user says of it concerns records.
        properties.remove(AdminClientConfig.RETRIES_CONFIG);
        properties.putAll(settings.admin());
        properties.put(AdminClientConfig.CLIENT_ID_CONFIG, settings.clientId());
        return properties;
    }

    /** Returns the name of the user with which a client logs in, where it has one and a password. */
    static @Nullable String user(Map<String, Object> properties) {
        Object login = properties.get(SaslConfigs.SASL_JAAS_CONFIG);
        Matcher username = USERNAME.matcher(login instanceof Password hidden ? hidden.value() : String.valueOf(login));
        return username.find() ? username.group(1).replaceAll("^[\"']|[\"']$", "") : null;
    }

    /** {@return what one kind of client understands and the other does not; neither knows the properties of SSL engines, say} */
    private static Set<String> others(Set<String> understood, Set<String> notUnderstood) {
        Set<String> others = new HashSet<>(understood);
        others.removeAll(notUnderstood);
        return others;
    }

    /** Returns the name of the compression. */
    static String compression(Map<String, Object> producer) {
        return (String) value(producer, ProducerConfig.COMPRESSION_TYPE_CONFIG, ConfigDef.Type.STRING);
    }

    /** Returns the size of the largest request, and so of the largest record, that the producer sends, in bytes. */
    static int maxRequestBytes(Map<String, Object> producer) {
        return number(producer, ProducerConfig.MAX_REQUEST_SIZE_CONFIG);
    }

    /** Returns the time after which the producer gives a record up; the producer makes it as long as the wait for other records and an answer. */
    static Duration deliveryTimeout(Map<String, Object> producer) {
        long least = (long) number(producer, ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG)
                + longNumber(producer, ProducerConfig.LINGER_MS_CONFIG);
        return Duration.ofMillis(Math.max(least, number(producer, ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG)));
    }

    private static int number(Map<String, Object> producer, String name) {
        return (int) value(producer, name, ConfigDef.Type.INT);
    }

    private static long longNumber(Map<String, Object> producer, String name) {
        return (long) value(producer, name, ConfigDef.Type.LONG);
    }

    private static Object value(Map<String, Object> producer, String name, ConfigDef.Type type) {
        Object value = producer.containsKey(name)
                ? producer.get(name)
                : ProducerConfig.configDef().defaultValues().get(name);
        return Objects.requireNonNull(ConfigDef.parseType(name, value, type));
    }
}
