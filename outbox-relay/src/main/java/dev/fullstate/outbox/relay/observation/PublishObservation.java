package dev.fullstate.outbox.relay.observation;

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.Observation.Context;
import io.micrometer.observation.ObservationConvention;
import io.micrometer.observation.docs.ObservationDocumentation;

/** The observation of an event's publishing. Names are those of OpenTelemetry's semantic conventions for messaging, where they have one. */
public enum PublishObservation implements ObservationDocumentation {

    /**
     * From when the relay gives an event to its publisher until consumers can read it: with exactly-once delivery until the Kafka transaction
     * is committed, with at-least-once delivery until Kafka has acknowledged the event.
     */
    PUBLISH {

        @Override
        public Class<? extends ObservationConvention<? extends Context>> getDefaultConvention() {
            return DefaultPublishObservationConvention.class;
        }

        @Override
        public KeyName[] getLowCardinalityKeyNames() {
            return LowCardinality.values();
        }

        @Override
        public KeyName[] getHighCardinalityKeyNames() {
            return HighCardinality.values();
        }
    };

    /** Keys with few values. */
    public enum LowCardinality implements KeyName {
        /** {@code kafka}. */
        MESSAGING_SYSTEM("messaging.system"),
        /** {@code publish}. */
        MESSAGING_OPERATION_NAME("messaging.operation.name"),
        /** {@code send}. */
        MESSAGING_OPERATION_TYPE("messaging.operation.type"),
        /** The topic. */
        MESSAGING_DESTINATION_NAME("messaging.destination.name"),
        /** The pipeline, as meters and log lines name it. */
        PIPELINE("outbox.pipeline"),
        /** The type of the aggregate. */
        AGGREGATE_TYPE("outbox.aggregate.type");

        private final String key;

        LowCardinality(String key) {
            this.key = key;
        }

        @Override
        public String asString() {
            return key;
        }
    }

    /** Keys with any number of values, which only spans have. */
    public enum HighCardinality implements KeyName {
        /** The event's id, {@code ce_id}. */
        MESSAGING_MESSAGE_ID("messaging.message.id"),
        /** The topic's partition. */
        MESSAGING_DESTINATION_PARTITION_ID("messaging.destination.partition.id");

        private final String key;

        HighCardinality(String key) {
            this.key = key;
        }

        @Override
        public String asString() {
            return key;
        }
    }
}
