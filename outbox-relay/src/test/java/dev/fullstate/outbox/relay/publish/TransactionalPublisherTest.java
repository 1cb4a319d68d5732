package dev.fullstate.outbox.relay.publish;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

import dev.fullstate.outbox.contract.OutboxTable;
import dev.fullstate.outbox.relay.Events;
import dev.fullstate.outbox.relay.observation.ObservedEvents;
import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.publish.PublisherSettings.Delivery;
import dev.fullstate.outbox.relay.route.RoutedEvent;
import dev.fullstate.outbox.relay.route.Router;

import static org.assertj.core.api.Assertions.assertThat;

class TransactionalPublisherTest {

    private static final int KILOBYTE = 1_000;
    private static final ResumePoint POSITION = ResumePoint.parse("0/1 timeline=1 publication=1 highest=0");

    private final MockProducer<byte[], byte @Nullable []> producer =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch written = new CountDownLatch(1);
    private final AtomicInteger publishedCount = new AtomicInteger();
    /** In nanoseconds; also read by the thread that commits. */
    private final AtomicLong now = new AtomicLong();

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

    @Test
    void transactionThatIsNotLargeEndsAtTheFirstPause() {
        try (Publisher publisher = publisherInOwnTime()) {
            publish(publisher, 100 * KILOBYTE);
            assertThat(commits(publisher, true)).isTrue();
        }
    }

    @Test
    void transactionIsLargeAtOneMegabyte() {
        try (Publisher publisher = publisherInOwnTime()) {
            publish(publisher, 970 * KILOBYTE);
            pass(Duration.ofMillis(8));
            publish(publisher, 40 * KILOBYTE);
            assertThat(commits(publisher, true)).isFalse();
        }
    }

    @Test
    void largeTransactionGoesOnThroughPausesOfLessThanAQuarterOfItsTime() {
        try (Publisher publisher = publisherInOwnTime()) {
            publish(publisher, 1_000 * KILOBYTE);
            pass(Duration.ofMillis(30));
            publish(publisher, KILOBYTE);
            pass(Duration.ofMillis(9));
            assertThat(commits(publisher, true)).isFalse();

            pass(Duration.ofMillis(1));
            assertThat(commits(publisher, true)).isTrue();
        }
    }

    @Test
    void whatIsLargeIsLessWhereLittleMayBeInFlight() {
        try (Publisher publisher = publisherInOwnTime(DataSize.ofMegabytes(1))) {
            publish(publisher, 30 * KILOBYTE);
            pass(Duration.ofMillis(8));
            publish(publisher, 3 * KILOBYTE);
            assertThat(commits(publisher, true)).isFalse();
        }
    }

    @Test
    void transactionEndsByTimeThoughThereIsMore() {
        try (Publisher publisher = publisherInOwnTime()) {
            publish(publisher, 1_000 * KILOBYTE);
            pass(Duration.ofMillis(49));
            publish(publisher, KILOBYTE);
            assertThat(commits(publisher, false)).isFalse();

            pass(Duration.ofMillis(1));
            publish(publisher, KILOBYTE);
            assertThat(commits(publisher, false)).isTrue();
        }
    }

    @Test
    void transactionEndsWithHalfOfWhatMayBeInFlight() {
        try (Publisher publisher = publisherInOwnTime(DataSize.ofMegabytes(1))) {
            publish(publisher, 450 * KILOBYTE);
            assertThat(commits(publisher, false)).isFalse();

            publish(publisher, 100 * KILOBYTE);
            assertThat(commits(publisher, false)).isTrue();
        }
    }

    private static boolean commits(Publisher publisher, boolean drained) {
        publisher.commitIfDue(POSITION, drained);
        return publisher.isCommitting();
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private void publish(Publisher publisher) {
        publish(publisher, 2);
    }

    private void publish(Publisher publisher, int payloadBytes) {
        String payload = '"' + "x".repeat(payloadBytes - 2) + '"';
        RoutedEvent event = new Router("events", Map.of()).route(Events.with(Map.of(OutboxTable.PAYLOAD, payload)));
        publisher.publish(event, publishedCount::incrementAndGet);
    }

    /** Its time passes only by {@link #pass}. */
    private Publisher publisherInOwnTime() {
        return publisherInOwnTime(DataSize.ofMegabytes(32));
    }

    private Publisher publisherInOwnTime(DataSize maxInFlight) {
        return Preparation.of(
                        OneProducer.settings(Delivery.EXACTLY_ONCE, maxInFlight),
                        "pipeline",
                        new OneProducer(producer),
                        ObservedEvents.none(),
                        Executors::newSingleThreadExecutor,
                        now::get)
                .takeOver();
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
