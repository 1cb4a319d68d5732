package dev.fullstate.outbox.relay.publish;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;

import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.fullstate.outbox.relay.kafka.BrokerException;
import dev.fullstate.outbox.relay.observation.PublishObservationContext;
import dev.fullstate.outbox.relay.observation.RecordedObservations;
import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.publish.PublisherSettings.Delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Shows when the observation of an event ends, and with which error. */
class ObservedPublishingTest {

    private static final ResumePoint POSITION = ResumePoint.parse("0/1 timeline=1 publication=1 highest=0");

    private final RecordedObservations recorded = new RecordedObservations();
    private final MockProducer<byte[], byte @Nullable []> producer =
            new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final AtomicInteger publishedCount = new AtomicInteger();

    @Test
    void exactlyOnceItEndsWhenTheTransactionIsCommitted() {
        try (Publisher publisher = publisher(Delivery.EXACTLY_ONCE)) {
            publish(publisher);
            producer.completeNext();
            assertThat(recorded.started).hasSize(1);
            assertThat(recorded.ended).isEmpty();
            publisher.commitIfDue(POSITION, true);
            assertThat(recorded.ended).isEmpty();
            awaitCommit(publisher);
            assertThat(publishedCount).hasValue(1);
            assertThat(recorded.ended)
                    .singleElement()
                    .extracting(PublishObservationContext::getError)
                    .isNull();
        }
    }

    @Test
    void atLeastOnceItEndsWhenKafkaHasAcknowledgedTheEvent() {
        try (Publisher publisher = publisher(Delivery.AT_LEAST_ONCE)) {
            publish(publisher);
            assertThat(recorded.ended).isEmpty();
            producer.completeNext();
            assertThat(publishedCount).hasValue(1);
            assertThat(recorded.ended)
                    .singleElement()
                    .extracting(PublishObservationContext::getError)
                    .isNull();
        }
    }

    @Test
    void eventWhoseTransactionIsNotCommittedEndsWithTheReason() {
        try (Publisher publisher = publisher(Delivery.EXACTLY_ONCE)) {
            publish(publisher);
            producer.completeNext();
            producer.commitTransactionException = new InvalidProducerEpochException("Another producer has come");
            publisher.commitIfDue(POSITION, true);
            assertThatThrownBy(() -> awaitCommit(publisher)).isInstanceOf(BrokerException.class);
        }
        assertThat(publishedCount).hasValue(0);
        assertThat(recorded.ended)
                .singleElement()
                .extracting(PublishObservationContext::getError)
                .isInstanceOf(BrokerException.class)
                .extracting(Throwable::getMessage)
                .asString()
                .contains("could not be committed");
    }

    @ParameterizedTest
    @EnumSource(Delivery.class)
    void eventThatKafkaRefusesEndsWithTheReason(Delivery delivery) {
        try (Publisher publisher = publisher(delivery)) {
            publish(publisher);
            producer.errorNext(new RecordTooLargeException("Too large"));
        }
        assertThat(recorded.ended)
                .singleElement()
                .extracting(PublishObservationContext::getError)
                .isInstanceOf(RefusedRecordException.class);
    }

    @ParameterizedTest
    @EnumSource(Delivery.class)
    void eventThatIsUnderWayWhenTheRelayStopsEndsWithAnError(Delivery delivery) {
        try (Publisher publisher = publisher(delivery)) {
            publish(publisher);
        }
        assertThat(recorded.ended)
                .singleElement()
                .extracting(PublishObservationContext::getError)
                .isInstanceOf(CancellationException.class);
    }

    @ParameterizedTest
    @EnumSource(Delivery.class)
    void recordIsTheSameWithAndWithoutAnObservation(Delivery delivery) {
        try (Publisher publisher = publisher(delivery)) {
            publish(publisher);
            assertThat(delivery == Delivery.EXACTLY_ONCE ? producer.uncommittedRecords() : producer.history())
                    .singleElement()
                    .usingRecursiveComparison()
                    .isEqualTo(EventRecord.of(RecordedObservations.event(RecordedObservations.SAMPLED), 0));
        }
    }

    private void publish(Publisher publisher) {
        publisher.publish(RecordedObservations.event(RecordedObservations.SAMPLED), publishedCount::incrementAndGet);
    }

    private void awaitCommit(Publisher publisher) {
        Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> {
            publisher.commitIfDue(POSITION, true);
            return publisher.isRecorded();
        });
    }

    private Publisher publisher(Delivery delivery) {
        return PreparedPublisher.prepare(
                        OneProducer.settings(delivery),
                        "pipeline",
                        ignored -> new OneProducer(producer),
                        recorded.ofPipeline("orders"))
                .takeOver();
    }
}
