package dev.fullstate.outbox.relay.publish;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.relay.failure.FailureKind;
import dev.fullstate.outbox.relay.kafka.BrokerException;
import dev.fullstate.outbox.relay.observation.ObservedEvents;
import dev.fullstate.outbox.relay.publish.PublisherSettings.Delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Shows which failure of a producer is reported: the cause, not its consequence, and one that the producer does not know itself. */
class RecordSenderTest {

    private final MockProducer<byte[], byte @Nullable []> producer =
            new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final AtomicLong nanos = new AtomicLong();
    private final RecordSender sender = new RecordSender(
            new OneProducer(producer),
            OneProducer.settings(Delivery.EXACTLY_ONCE),
            "pipeline",
            "transactional-id",
            ObservedEvents.none(),
            nanos::get);

    @Test
    void recordThatComesToAClosedProducerFailsByTheCause() {
        producer.initTransactions();
        sender.beginTransaction();
        send();
        fail();
        assertThatThrownBy(this::send).isInstanceOf(BrokerException.class).hasMessageContaining("The first record");
    }

    @Test
    void transactionThatComesToAClosedProducerFailsByTheCause() {
        send();
        fail();
        assertThatThrownBy(sender::beginTransaction)
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining("The first record");
    }

    /** The producer tells its caller before it tells which record has failed. */
    @Test
    void causeIsAwaitedThatComesAMomentLater() {
        producer.initTransactions();
        sender.beginTransaction();
        send();
        producer.sendException = new KafkaException("The producer is in an error state");
        Thread loop = Thread.currentThread();
        Thread sending = new Thread(() -> {
            while (loop.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
            }
            producer.errorNext(new RecordTooLargeException("Too large"));
        });
        sending.start();
        assertThatThrownBy(this::send).isInstanceOf(BrokerException.class).hasMessageContaining("The first record");
    }

    /** As one whose clock was set back. */
    @Test
    void producerThatNeitherSendsNorGivesUpIsNotWaitedForLongerThanItMayTake() {
        producer.initTransactions();
        sender.beginTransaction();
        pass(Duration.ofHours(1));
        send();
        send();
        pass(Duration.ofSeconds(149));
        producer.completeNext();
        pass(Duration.ofSeconds(1));
        pass(Duration.ofSeconds(150));
        assertThatThrownBy(() -> pass(Duration.ofSeconds(1)))
                .isInstanceOfSatisfying(
                        BrokerException.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.RETRY))
                .hasMessageContaining("delivery.timeout.ms", "set back");
    }

    private void pass(Duration duration) {
        nanos.addAndGet(duration.toNanos());
        sender.requireNoFailure();
    }

    private void send() {
        sender.send(new ProducerRecord<>("events", new byte[0]), () -> "The first record", () -> {});
    }

    private void fail() {
        producer.errorNext(new InvalidProducerEpochException("Another producer has come"));
    }
}
