package dev.fullstate.outbox.relay.kafka;

import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;

import org.springframework.util.unit.DataSize;

/**
 * The connection to Kafka.
 *
 * @param clientId of the producer and the admin client
 * @param producer properties of the application's producers, asked for at each connection, because passwords change
 * @param admin properties that the user has set for admin clients alone; in all else, these connect as producers do
 * @param maxInFlight the producer's buffer is made large enough for so much, which the publisher has to keep to
 * @param timeout for an answer of Kafka that the caller waits for
 * @param transactionTimeout after which Kafka aborts a transaction whose producer is silent
 */
public record KafkaSettings(
        String clientId,
        Supplier<Map<String, Object>> producer,
        Map<String, Object> admin,
        DataSize maxInFlight,
        Duration timeout,
        Duration transactionTimeout) {

    public KafkaSettings {
        admin = Map.copyOf(admin);
    }

    /** Makes settings of clients that connect with the same properties for ever. */
    public KafkaSettings(
            String clientId,
            Map<String, Object> client,
            DataSize maxInFlight,
            Duration timeout,
            Duration transactionTimeout) {
        this(clientId, () -> client, Map.of(), maxInFlight, timeout, transactionTimeout);
    }

    /** Returns the size of the largest request, and so of the largest record, that the producer sends, in bytes. */
    public int maxRequestBytes() {
        return ClientProperties.maxRequestBytes(producer.get());
    }

    /** Returns the time after which the producer gives a record up. */
    public Duration deliveryTimeout() {
        return ClientProperties.deliveryTimeout(producer.get());
    }

    /** Leaves out the clients' properties, some of which are secret. */
    @Override
    public String toString() {
        return "Kafka client " + clientId;
    }
}
