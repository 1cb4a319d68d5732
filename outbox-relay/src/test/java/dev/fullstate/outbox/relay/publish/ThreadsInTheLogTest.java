package dev.fullstate.outbox.relay.publish;

import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

import dev.fullstate.outbox.relay.Events;
import dev.fullstate.outbox.relay.observation.ObservedEvents;
import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.publish.PublisherSettings.Delivery;
import dev.fullstate.outbox.relay.route.Router;

import static org.assertj.core.api.Assertions.assertThat;

/** Shows that log lines of the threads that work for a publisher carry what those of the relay's own thread carry. */
class ThreadsInTheLogTest {

    private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

    @AfterEach
    void clear() {
        MDC.clear();
    }

    @Test
    void commitThreadCarriesTheNameOfThePipeline() throws InterruptedException {
        try (Publisher publisher = open(Delivery.EXACTLY_ONCE)) {
            publish(publisher);
            publisher.commitIfDue(ResumePoint.parse("0/1 timeline=1 publication=1 highest=0"), true);
            assertThat(seen.poll(2, TimeUnit.MINUTES)).isEqualTo("orders");
        }
    }

    @Test
    void threadOfTheProducerCarriesTheNameOfThePipeline() throws InterruptedException {
        MockTransactions producer = new MockTransactions(false);
        try (Publisher publisher = open(Delivery.AT_LEAST_ONCE, producer)) {
            publish(publisher);
            Thread producersOwn = new Thread(producer::flush);
            producersOwn.start();
            assertThat(seen.poll(2, TimeUnit.MINUTES)).isEqualTo("orders");
            producersOwn.join();
        }
    }

    private void publish(Publisher publisher) {
        publisher.publish(
                new Router("events", Map.of()).route(Events.plain()),
                () -> seen.add(String.valueOf(MDC.get("pipeline"))));
    }

    private Publisher open(Delivery delivery) {
        return open(delivery, new MockTransactions(true));
    }

    private Publisher open(Delivery delivery, MockTransactions producer) {
        PublisherSettings settings = OneProducer.settings(delivery);
        MDC.put("pipeline", "orders");
        Publisher publisher = PreparedPublisher.prepare(
                        settings, "pipeline", ignored -> new OneProducer(producer), ObservedEvents.none())
                .takeOver();
        MDC.clear();
        return publisher;
    }

    private final class MockTransactions extends MockProducer<byte[], byte @Nullable []> {

        private MockTransactions(boolean autoComplete) {
            super(autoComplete, null, new ByteArraySerializer(), new ByteArraySerializer());
        }

        @Override
        public void commitTransaction() {
            seen.add(String.valueOf(MDC.get("pipeline")));
            super.commitTransaction();
        }
    }
}
