package dev.fullstate.outbox.relay.publish;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.route.RoutedEvent;

/**
 * Publishes events through one idempotent producer, which keeps their order per partition.
 *
 * <p>After the first event that Kafka did not take, the publisher is of no more use: later ones may have been taken, so
 * whoever publishes has to close it and begin again with the failed one. Used by one thread.
 */
public final class Publisher implements AutoCloseable {

    private final Admin admin;
    private final Producer<byte[], byte @Nullable []> producer;
    private final Topics topics;
    private final int maxRequestBytes;
    private final AtomicLong inFlightBytes = new AtomicLong();
    private final AtomicLong answeredCount = new AtomicLong();
    private final AtomicReference<@Nullable PublishException> failure = new AtomicReference<>();

    private Publisher(Admin admin, Producer<byte[], byte @Nullable []> producer, Topics topics, int maxRequestBytes) {
        this.admin = admin;
        this.producer = producer;
        this.topics = topics;
        this.maxRequestBytes = maxRequestBytes;
    }

    /**
     * Connects to Kafka.
     *
     * @throws PublishException if it does not answer
     */
    public static Publisher open(PublisherSettings settings) {
        Map<String, Object> properties = ClientProperties.producer(settings);
        Admin admin = Admin.create(ClientProperties.admin(settings));
        try {
            KafkaAnswer answer = new KafkaAnswer(settings.timeout());
            answer.require(admin.describeCluster().clusterId(), "Kafka did not answer");
            return new Publisher(
                    admin,
                    new KafkaProducer<>(properties),
                    new Topics(admin, answer, settings.newTopics()),
                    ClientProperties.maxRequestSize(properties));
        } catch (RuntimeException e) {
            admin.close(Duration.ZERO);
            throw e;
        }
    }

    /**
     * Sends an event; does not wait until Kafka has it.
     *
     * @param published called on a thread of the producer once Kafka has the event, and not if Kafka does not take it
     * @throws PublishException if the event cannot be sent
     */
    @SuppressWarnings("FutureReturnValueIgnored") // The callback is told the same, without being asked.
    public void publish(RoutedEvent routed, Runnable published) {
        requireNoFailure();
        ProducerRecord<byte[], byte @Nullable []> record = EventRecord.of(routed);
        int size = EventRecord.sizeInBytes(record);
        if (size > maxRequestBytes) {
            throw new PublishException(
                    routed.event() + " is too large for topic '" + routed.topic() + "': " + size
                            + " bytes, max.request.size is " + maxRequestBytes,
                    "Raise spring.kafka.producer.properties.max.request.size and the topic's max.message.bytes",
                    null);
        }
        topics.ensure(routed.topic());
        inFlightBytes.addAndGet(size);
        producer.send(record, (metadata, exception) -> {
            inFlightBytes.addAndGet(-size);
            answeredCount.incrementAndGet();
            if (exception == null) {
                published.run();
            } else if (failure.compareAndSet(
                    null,
                    PublishException.of(
                            routed.event() + " was not taken by topic '" + routed.topic() + "'", exception))) {
                // What is queued behind it must not overtake it; what is on the wire can not be called back.
                producer.close(Duration.ZERO);
            }
        });
    }

    /** Sizes of all events that were sent and whose outcome is not known yet. */
    public long inFlightBytes() {
        return inFlightBytes.get();
    }

    /** How many events' outcome is known, whatever it was. */
    public long answeredCount() {
        return answeredCount.get();
    }

    /**
     * Tells of the first event that Kafka has not taken.
     *
     * @throws PublishException if there is one
     */
    public void requireNoFailure() {
        PublishException first = failure.get();
        if (first != null) {
            throw first;
        }
    }

    /** Gives up whatever is in flight; to keep it, wait before until nothing is. */
    @Override
    public void close() {
        producer.close(Duration.ZERO);
        admin.close(Duration.ZERO);
    }
}
