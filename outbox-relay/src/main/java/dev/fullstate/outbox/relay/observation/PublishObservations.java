package dev.fullstate.outbox.relay.observation;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.route.RoutedEvent;

/** Makes the observations of the events that a process publishes. Thread-safe; all pipelines of the process share it. */
public final class PublishObservations {

    private static final PublishObservationConvention DEFAULT_CONVENTION = new DefaultPublishObservationConvention();

    private final ObservationRegistry registry;
    private final @Nullable PublishObservationConvention convention;

    /** @param convention null for the registry's, or else the default one */
    public PublishObservations(ObservationRegistry registry, @Nullable PublishObservationConvention convention) {
        this.registry = registry;
        this.convention = convention;
    }

    /** {@return the observations of a process in which nothing is observed} */
    public static PublishObservations none() {
        return new PublishObservations(ObservationRegistry.NOOP, null);
    }

    /** {@return the observations of one pipeline's events} */
    public ObservedEvents ofPipeline(String pipeline) {
        return new ObservedEvents(this, pipeline);
    }

    boolean areNone() {
        return registry.isNoop();
    }

    Observation start(String pipeline, RoutedEvent event, int partition) {
        return PublishObservation.PUBLISH.start(
                convention,
                DEFAULT_CONVENTION,
                () -> new PublishObservationContext(pipeline, event, partition),
                registry);
    }
}
