package dev.fullstate.outbox.relay.observation;

import io.micrometer.common.KeyValues;

import dev.fullstate.outbox.relay.observation.PublishObservation.HighCardinality;
import dev.fullstate.outbox.relay.observation.PublishObservation.LowCardinality;

/**
 * Names the observations where the application has no convention of its own: a span is called after its operation and topic, such as {@code
 * publish outbox.event.order}.
 */
public class DefaultPublishObservationConvention implements PublishObservationConvention {

    /** The name of the observations. */
    public static final String NAME = "outbox.relay.publish";

    private static final String OPERATION = "publish";
    private static final KeyValues CONSTANT = KeyValues.of(
            LowCardinality.MESSAGING_SYSTEM.withValue("kafka"),
            LowCardinality.MESSAGING_OPERATION_NAME.withValue(OPERATION),
            LowCardinality.MESSAGING_OPERATION_TYPE.withValue("send"));

    @Override
    public String getName() {
        return NAME;
    }

    @Override
    public String getContextualName(PublishObservationContext context) {
        return OPERATION + " " + context.getTopic();
    }

    @Override
    public KeyValues getLowCardinalityKeyValues(PublishObservationContext context) {
        return CONSTANT.and(
                LowCardinality.MESSAGING_DESTINATION_NAME.withValue(context.getTopic()),
                LowCardinality.PIPELINE.withValue(context.getPipeline()),
                LowCardinality.AGGREGATE_TYPE.withValue(context.getAggregateType()));
    }

    @Override
    public KeyValues getHighCardinalityKeyValues(PublishObservationContext context) {
        return KeyValues.of(
                HighCardinality.MESSAGING_MESSAGE_ID.withValue(context.getEventId()),
                HighCardinality.MESSAGING_DESTINATION_PARTITION_ID.withValue(String.valueOf(context.getPartition())));
    }
}
