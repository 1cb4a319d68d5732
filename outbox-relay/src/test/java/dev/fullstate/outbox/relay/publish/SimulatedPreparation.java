package dev.fullstate.outbox.relay.publish;

import java.util.concurrent.ExecutorService;
import java.util.function.LongSupplier;

import dev.fullstate.outbox.relay.kafka.Kafka;
import dev.fullstate.outbox.relay.observation.ObservedEvents;

/** Does what {@link PreparedPublisher#prepare} does, in simulated time and with the commits on a simulated thread. */
public final class SimulatedPreparation {

    private SimulatedPreparation() {}

    public static PreparedPublisher prepare(
            PublisherSettings settings,
            String pipeline,
            Kafka kafka,
            ExecutorService commitThread,
            LongSupplier nanoTime) {
        return Preparation.of(settings, pipeline, kafka, ObservedEvents.none(), () -> commitThread, nanoTime);
    }
}
