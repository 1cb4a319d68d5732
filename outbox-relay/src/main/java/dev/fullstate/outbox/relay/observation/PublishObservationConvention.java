package dev.fullstate.outbox.relay.observation;

import io.micrometer.observation.Observation.Context;
import io.micrometer.observation.ObservationConvention;

/**
 * Names the observations of publishing and gives them their keys. A bean of this type replaces {@link DefaultPublishObservationConvention}.
 *
 * <p>Called by the relay's loop and by a thread of Kafka's producer, once when an observation begins and again when it ends. What a convention
 * throws is logged, and the event is published all the same.
 */
public interface PublishObservationConvention extends ObservationConvention<PublishObservationContext> {

    @Override
    default boolean supportsContext(Context context) {
        return context instanceof PublishObservationContext;
    }
}
