package dev.fullstate.outbox.relay.publish;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.relay.Events;
import dev.fullstate.outbox.relay.observation.ObservedEvents;
import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.publish.PublisherSettings.Delivery;
import dev.fullstate.outbox.relay.route.RoutedEvent;
import dev.fullstate.outbox.relay.route.Router;

import static org.assertj.core.api.Assertions.assertThat;

class TransactionalPublisherTest {

    private static final ResumePoint POSITION = ResumePoint.parse("0/1 timeline=1 publication=1 highest=0");

    private final MockProducer<byte[], byte @Nullable []> producer =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch written = new CountDownLatch(1);
    private final AtomicInteger publishedCount = new AtomicInteger();

    @Test
    void nextTransactionBeginsWhenTheMarkersOfTheLastOneAreWritten() throws InterruptedException {
        try (Publisher publisher = publisher()) {
            publish(publisher);
            publisher.commitIfDue(POSITION, true);
            assertThat(asked.await(2, TimeUnit.MINUTES)).isTrue();
            assertThat(producer.commitCount()).isEqualTo(1);

            publish(publisher);
            publisher.commitIfDue(POSITION, true);
            assertThat(publisher.isCommitting()).isTrue();
            assertThat(publisher.isReady()).isTrue();
            assertThat(producer.transactionInFlight()).isFalse();

            written.countDown();
            Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> {
                publisher.commitIfDue(POSITION, true);
                return publisher.isRecorded();
            });
            assertThat(producer.commitCount()).isEqualTo(2);
            assertThat(publishedCount).hasValue(2);
        }
    }

    private void publish(Publisher publisher) {
        publisher.publish(event(), publishedCount::incrementAndGet);
    }

    private static RoutedEvent event() {
        return new Router("events", Map.of()).route(Events.with(Map.of()));
    }

    private Publisher publisher() {
        return PreparedPublisher.prepare(
                        OneProducer.settings(Delivery.EXACTLY_ONCE),
                        "pipeline",
                        ignored -> new OneProducer(producer, this::awaitMarkers),
                        ObservedEvents.none())
                .takeOver();
    }

    private boolean awaitMarkers() {
        asked.countDown();
        try {
            return written.await(2, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
