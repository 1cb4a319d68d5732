package dev.fullstate.outbox.relay.publish;

import java.util.concurrent.ExecutorService;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.kafka.BrokerException;
import dev.fullstate.outbox.relay.kafka.Kafka;
import dev.fullstate.outbox.relay.observation.ObservedEvents;
import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.publish.PublisherSettings.Delivery;

/** A producer that has sent nothing yet, and the position topic, followed (ADR 25). */
final class Preparation implements PreparedPublisher {

    private final PublisherSettings settings;
    private final Supplier<ExecutorService> committing;
    private final LongSupplier nanoTime;
    private final RecordSender sender;
    private final PositionTopic positions;
    /** True once sender and position topic have another owner that closes them, or are closed. */
    private boolean handedOn;

    private Preparation(
            PublisherSettings settings,
            String pipeline,
            Kafka kafka,
            ObservedEvents observed,
            Supplier<ExecutorService> committing,
            LongSupplier nanoTime) {
        this.settings = settings;
        this.committing = committing;
        this.nanoTime = nanoTime;
        this.sender = new RecordSender(
                kafka,
                settings,
                pipeline,
                settings.delivery() == Delivery.EXACTLY_ONCE ? transactionalId(pipeline) : null,
                observed,
                nanoTime);
        this.positions = new PositionTopic(kafka, settings, pipeline);
    }

    /**
     * Prepares a publisher.
     *
     * @param kafka is closed with it, and also if this fails
     * @param committing makes what runs commits one after the other, apart from the caller
     */
    static Preparation of(
            PublisherSettings settings,
            String pipeline,
            Kafka kafka,
            ObservedEvents observed,
            Supplier<ExecutorService> committing,
            LongSupplier nanoTime) {
        Preparation preparation;
        try {
            preparation = new Preparation(settings, pipeline, kafka, observed, committing, nanoTime);
        } catch (RuntimeException e) {
            kafka.close();
            throw e;
        }
        try {
            preparation.begin();
            return preparation;
        } catch (RuntimeException e) {
            preparation.close();
            throw e;
        }
    }

    /** {@return the transactional id of a pipeline, which is the same in each process} */
    static String transactionalId(String pipeline) {
        return "outbox-relay-" + pipeline;
    }

    private void begin() {
        sender.topics().requirePositionTopic(positions.name());
        sender.connect(positions.name());
        if (settings.delivery() == Delivery.EXACTLY_ONCE) {
            sender.lookAtFeatures();
        }
        positions.follow();
    }

    @Override
    public void keepUp() {
        positions.keepUp();
    }

    @Override
    public Publisher takeOver() {
        if (handedOn) {
            throw new IllegalStateException("The publisher has been handed on, or closed");
        }
        try {
            fence();
            ResumePoint resume = positions.read(sender);
            positions.close();
            Publisher publisher = publisher(resume);
            handedOn = true;
            return publisher;
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Only when the predecessor can no longer commit the outcome of its last transaction is decided. */
    private void fence() {
        if (settings.delivery() == Delivery.EXACTLY_ONCE) {
            try {
                sender.producer().initTransactions();
            } catch (KafkaException e) {
                throw BrokerException.of(
                        "Transactions of " + settings.kafka().clientId() + " could not be initialised", e);
            }
        }
    }

    private Publisher publisher(@Nullable ResumePoint resume) {
        return switch (settings.delivery()) {
            case EXACTLY_ONCE ->
                new TransactionalPublisher(settings, sender, positions, resume, committing.get(), nanoTime);
            case AT_LEAST_ONCE -> new IdempotentPublisher(settings, sender, positions, resume, nanoTime);
        };
    }

    @Override
    public void close() {
        if (!handedOn) {
            handedOn = true;
            positions.close();
            sender.close();
        }
    }
}
