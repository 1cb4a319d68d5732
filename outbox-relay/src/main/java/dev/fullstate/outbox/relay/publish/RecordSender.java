package dev.fullstate.outbox.relay.publish;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.contract.OutboxTable;
import dev.fullstate.outbox.relay.failure.KafkaFailure;
import dev.fullstate.outbox.relay.failure.Warning;
import dev.fullstate.outbox.relay.kafka.BrokerException;
import dev.fullstate.outbox.relay.kafka.Kafka;
import dev.fullstate.outbox.relay.kafka.LogContext;
import dev.fullstate.outbox.relay.kafka.Search;
import dev.fullstate.outbox.relay.kafka.UnavailableTopicsException;
import dev.fullstate.outbox.relay.observation.ObservedEvents;
import dev.fullstate.outbox.relay.position.Position;
import dev.fullstate.outbox.relay.route.RoutedEvent;
import dev.fullstate.outbox.relay.transaction.CommittedEvent;
import dev.fullstate.outbox.relay.transaction.UnpublishableRowException;

/** One producer, the topics that it sends to, and the first failure, after which it sends nothing more. */
final class RecordSender implements AutoCloseable {

    /** For the key, and whatever surrounds a record in a request. */
    private static final int RESERVED_BYTES = 1_000;

    private static final long CAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long CAUSE_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Kafka kafka;
    private final Producer<byte[], byte @Nullable []> producer;
    private final @Nullable String transactionalId;
    private final LongSupplier nanoTime;
    private final Topics topics;
    private final int maxRequestBytes;
    private final String deadLetterTopic;
    private final String pipeline;
    private final ObservedEvents observed;
    private final LogContext context = LogContext.current();
    /** Of the cluster as it was looked at; before, and at least once, the one that does nothing. */
    private CommitGuard commits = CommitGuard.notNeeded();
    /** Answers of Kafka, whatever they were; only rises. */
    private final AtomicLong answeredCount = new AtomicLong();
    /** Records that the producer was given and that have no answer; also one that it is about to be given, or has not taken. */
    private final AtomicLong unansweredCount = new AtomicLong();
    /** The first failure; once it is set the producer is closed, and nothing is sent. */
    private final AtomicReference<@Nullable BrokerException> failure = new AtomicReference<>();

    private final OverdueAnswers overdue;
    /** True once the producer's thread, to which this field belongs, has the log context of the loop. */
    private boolean inContext;

    /** Describes what was to be sent, as the object of a sentence; asked for only when that has failed. */
    interface Description {

        String text();

        /** Returns the identity of an event or a dead letter; null of any other record, without which the relay cannot go on. */
        default @Nullable RecordIdentity identity() {
            return null;
        }
    }

    /** Has nothing of the payload: in a drain, that would stay in memory until Kafka's answer, and be copied by each collection. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record EventDescription(String topic, byte[] id, byte[] seq, Position position, int content)
            implements Description {

        static EventDescription of(RoutedEvent routed) {
            CommittedEvent event = routed.event();
            return new EventDescription(
                    routed.topic(), event.id(), event.seq(), event.position(), RecordIdentity.content(event));
        }

        @Override
        public String text() {
            return CommittedEvent.toString(id, seq, position);
        }

        @Override
        public RecordIdentity identity() {
            return RecordIdentity.ofEvent(topic, id, content);
        }
    }

    private record LetterDescription(DeadLetter letter) implements Description {

        @Override
        public String text() {
            return "the dead letter of " + letter.row();
        }

        @Override
        public RecordIdentity identity() {
            return RecordIdentity.ofLetter(letter.row());
        }
    }

    RecordSender(
            Kafka kafka,
            PublisherSettings settings,
            String pipeline,
            @Nullable String transactionalId,
            ObservedEvents observed,
            LongSupplier nanoTime) {
        this.kafka = kafka;
        this.producer = kafka.producer(transactionalId);
        this.transactionalId = transactionalId;
        this.nanoTime = nanoTime;
        this.topics = new Topics(kafka, settings);
        this.maxRequestBytes = settings.kafka().maxRequestBytes();
        this.deadLetterTopic = settings.deadLetterTopic();
        this.pipeline = pipeline;
        this.observed = observed;
        this.overdue = new OverdueAnswers(settings.kafka().deliveryTimeout(), nanoTime);
    }

    /** Returns the size that the value of a record may have, beside a key and no headers. */
    long maxRecordBytes() {
        return (long) maxRequestBytes - RESERVED_BYTES;
    }

    Producer<byte[], byte @Nullable []> producer() {
        return producer;
    }

    /** Lets the producer connect to the brokers, before there is a hurry. */
    void connect(String topic) {
        try {
            producer.partitionsFor(topic);
        } catch (KafkaException e) {
            throw BrokerException.of("The producer could not look topic '" + topic + "' up", e);
        }
    }

    /** Finds out what the cluster can do. */
    void lookAtFeatures() {
        commits = CommitGuard.of(kafka);
    }

    CommitGuard commits() {
        return commits;
    }

    /** Returns what waits for the markers of the producer's transactions, if it has some. */
    MarkerWatch markers() {
        return new MarkerWatch(kafka, Objects.requireNonNull(transactionalId), nanoTime);
    }

    List<Warning> warnings() {
        List<Warning> warnings = new ArrayList<>(commits.warnings());
        warnings.addAll(topics.warnings());
        return warnings;
    }

    Topics topics() {
        return topics;
    }

    /**
     * Makes a record of an event.
     *
     * @throws UnpublishableRowException if a value has no form in a record, or the record is too large: in a transaction, its refusal
     *     would be that of all others
     */
    Sendable sendable(RoutedEvent routed) {
        int partition = topics.partition(routed.topic(), routed.key());
        ProducerRecord<byte[], byte @Nullable []> record = EventRecord.of(routed, partition);
        int size = EventRecord.sizeInBytes(record);
        if (size > maxRequestBytes) {
            throw UnpublishableRowException.of(
                    routed.event(),
                    OutboxTable.PAYLOAD,
                    "it is too large for topic '" + routed.topic() + "': " + size + " bytes, max.request.size is "
                            + maxRequestBytes
                            + " (spring.kafka.producer.properties.max.request.size; the topic's limit is its"
                            + " max.message.bytes)",
                    null);
        }
        return new Sendable(record, size, EventDescription.of(routed));
    }

    /** Has an event observed until consumers can read it; returns the call that is due then. */
    Runnable observe(RoutedEvent event, Sendable sendable, Runnable published) {
        return observed.observe(event, sendable.record().partition(), published);
    }

    /** Ends the observations of all events that consumers cannot read. */
    void giveUp(BrokerException cause) {
        observed.giveUp(cause);
    }

    /**
     * Makes a record of a dead letter.
     *
     * @throws BrokerException if its topic does not exist and may not be created, or Kafka does not answer
     */
    Sendable sendable(DeadLetter letter) {
        topics.requireDeadLetterTopic(deadLetterTopic);
        ProducerRecord<byte[], byte @Nullable []> record =
                DeadLetterRecord.of(letter, deadLetterTopic, pipeline, maxRequestBytes);
        return new Sendable(record, EventRecord.sizeInBytes(record), new LetterDescription(letter));
    }

    /** @param acknowledged called on a thread of the producer once Kafka has the record */
    void send(Sendable sendable, Runnable acknowledged) {
        send(sendable.record(), sendable.what(), acknowledged);
    }

    void beginTransaction() {
        try {
            producer.beginTransaction();
        } catch (KafkaException | IllegalStateException refused) {
            awaitCause(refused);
            throw refused;
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // The callback is told the same, without being asked.
    void send(ProducerRecord<byte[], byte @Nullable []> record, Description what, Runnable acknowledged) {
        // Before the producer has it, which may answer at once.
        unansweredCount.incrementAndGet();
        try {
            producer.send(record, new Answer(record.topic(), what, acknowledged));
        } catch (KafkaException | IllegalStateException refused) {
            awaitCause(refused);
            throw refused;
        }
    }

    /**
     * Throws the failure because of which the producer was closed a moment ago, instead of telling that it is closed: that of the record to
     * which the producer owes another failure. The producer refuses whatever comes next before it tells which record has failed, on its own
     * thread, and tells nothing of it once it is closed; so this waits a moment.
     */
    void awaitCause(Throwable refused) {
        long deadline = System.nanoTime() + CAUSE_NANOS;
        while (mayBeOfARecord(refused) && failure.get() == null && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(CAUSE_POLL_NANOS);
        }
        requireNoFailure();
    }

    /** Returns whether a record may have failed whose answer is still to come. */
    private boolean mayBeOfARecord(Throwable refused) {
        KafkaFailure known = KafkaFailure.of(refused);
        return unansweredCount.get() > 0
                && (known.isOfARecord()
                        || known.isOfATopic()
                        || known == KafkaFailure.CLOCKS_DIFFER
                        || known == KafkaFailure.OTHER);
    }

    /** Takes Kafka's answer to a record, of which it keeps what it needs: the record may be collected as soon as the producer has copied it. */
    private final class Answer implements Callback {

        private final String topic;
        private final Description what;
        private final Runnable acknowledged;

        private Answer(String topic, Description what, Runnable acknowledged) {
            this.topic = topic;
            this.what = what;
            this.acknowledged = acknowledged;
        }

        @Override
        public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception exception) {
            if (!inContext) {
                context.apply();
                inContext = true;
            }
            answeredCount.incrementAndGet();
            if (exception == null) {
                acknowledged.run();
            } else {
                failed(topic, what, exception);
            }
            // Comes last: who waits for the last answer looks at the failure then.
            unansweredCount.decrementAndGet();
        }
    }

    private void failed(String topic, Description what, Exception exception) {
        BrokerException rejected = rejection(topic, what, exception);
        if (failure.compareAndSet(null, rejected)) {
            // Queued events must not overtake it; events on the wire cannot be called back.
            producer.close(Duration.ZERO);
        }
    }

    private static BrokerException rejection(String topic, Description what, Exception exception) {
        boolean isOthersFault = !UnavailableTopicsException.denied(exception).isEmpty()
                && !UnavailableTopicsException.denied(exception).contains(topic);
        String failedTo = isOthersFault
                ? "The transaction of " + what.text() + " was rejected"
                : "Topic '" + topic + "' rejected " + what.text();
        RecordIdentity identity = what.identity();
        return identity != null && KafkaFailure.of(exception).isOfARecord()
                ? RefusedRecordException.of(identity, failedTo, exception)
                : BrokerException.of(failedTo, exception).at(topic);
    }

    CompletableFuture<Boolean> takesEvents(String topic) {
        return topics.takesEvents(topic);
    }

    CompletableFuture<Map<TopicPartition, Long>> ends(Set<String> topics) {
        return kafka.ends(topics);
    }

    Search search(Set<String> searched, Instant since) {
        return kafka.search(searched, since);
    }

    void countAnswer() {
        answeredCount.incrementAndGet();
    }

    long answeredCount() {
        return answeredCount.get();
    }

    void requireNoFailure() {
        BrokerException first = failure.get();
        if (first != null) {
            throw first;
        }
        overdue.require(answeredCount.get(), unansweredCount.get());
    }

    /** Waits that long for the end of a transaction that is given up. */
    void close(Duration patience) {
        producer.close(patience);
        kafka.close();
        BrokerException first = failure.get();
        observed.giveUp(
                first == null
                        ? new CancellationException(
                                "The relay stopped publishing before it knew whether consumers can read the event")
                        : first);
    }

    @Override
    public void close() {
        close(Duration.ZERO);
    }

    /** A record that Kafka can take. */
    record Sendable(ProducerRecord<byte[], byte @Nullable []> record, int size, Description what) {}
}
