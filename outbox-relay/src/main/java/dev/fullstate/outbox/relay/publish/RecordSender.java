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

/** One producer, the topics that it sends to, and the first failure, after which it sends nothing more. */
final class RecordSender implements AutoCloseable {

    private final Admin admin;
    private final Producer<byte[], byte @Nullable []> producer;
    private final Topics topics;
    private final int maxRequestBytes;
    private final AtomicLong answeredCount = new AtomicLong();
    private final AtomicReference<@Nullable PublishException> failure = new AtomicReference<>();

    private RecordSender(
            Admin admin, Producer<byte[], byte @Nullable []> producer, Topics topics, int maxRequestBytes) {
        this.admin = admin;
        this.producer = producer;
        this.topics = topics;
        this.maxRequestBytes = maxRequestBytes;
    }

    /**
     * @throws PublishException if Kafka does not answer
     */
    static RecordSender open(PublisherSettings settings, Map<String, Object> properties) {
        Admin admin = Admin.create(ClientProperties.admin(settings));
        try {
            KafkaAnswer answer = new KafkaAnswer(settings.timeout());
            answer.require(admin.describeCluster().clusterId(), "Kafka did not answer");
            return new RecordSender(
                    admin,
                    new KafkaProducer<>(properties),
                    new Topics(admin, answer, settings.newTopics()),
                    ClientProperties.maxRequestSize(properties));
        } catch (RuntimeException e) {
            admin.close(Duration.ZERO);
            throw e;
        }
    }

    Producer<byte[], byte @Nullable []> producer() {
        return producer;
    }

    Topics topics() {
        return topics;
    }

    /**
     * Makes a record of an event.
     *
     * @throws PublishException if it is too large: in a transaction, its refusal would be that of all others
     */
    Sendable sendable(RoutedEvent routed) {
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
        return new Sendable(record, size, routed);
    }

    /** @param taken called on a thread of the producer once Kafka has the record */
    void send(Sendable sendable, Runnable taken) {
        send(
                sendable.record(),
                sendable.event().event() + " was not taken by topic '"
                        + sendable.record().topic() + "'",
                taken);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // The callback is told the same, without being asked.
    void send(ProducerRecord<byte[], byte @Nullable []> record, String failedTo, Runnable taken) {
        producer.send(record, (metadata, exception) -> {
            answeredCount.incrementAndGet();
            if (exception == null) {
                taken.run();
            } else if (failure.compareAndSet(null, PublishException.of(failedTo, exception))) {
                // What is queued behind it must not overtake it; what is on the wire can not be called back.
                producer.close(Duration.ZERO);
            }
        });
    }

    void answered() {
        answeredCount.incrementAndGet();
    }

    long answeredCount() {
        return answeredCount.get();
    }

    void requireNoFailure() {
        PublishException first = failure.get();
        if (first != null) {
            throw first;
        }
    }

    /** Waits that long for the end of a transaction that is given up. */
    void close(Duration patience) {
        producer.close(patience);
        admin.close(Duration.ZERO);
    }

    @Override
    public void close() {
        close(Duration.ZERO);
    }

    /** A record that Kafka can take. */
    record Sendable(ProducerRecord<byte[], byte @Nullable []> record, int size, RoutedEvent event) {}
}
