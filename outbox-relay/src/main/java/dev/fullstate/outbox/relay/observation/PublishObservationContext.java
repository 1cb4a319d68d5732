package dev.fullstate.outbox.relay.observation;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.ReceiverContext;

import dev.fullstate.outbox.contract.EventHeaders;
import dev.fullstate.outbox.relay.route.RoutedEvent;
import dev.fullstate.outbox.relay.transaction.CommittedEvent;

/**
 * What is known of an event that is observed. The carrier has the event's trace context, of which the span is a child.
 *
 * <p>The payload is not part of it: an observation may last longer than the relay needs the payload.
 */
public final class PublishObservationContext extends ReceiverContext<Map<String, String>> {

    private final String pipeline;
    private final String topic;
    private final int partition;
    private final String eventId;
    private final String aggregateType;
    private final String aggregateId;

    PublishObservationContext(String pipeline, RoutedEvent routed, int partition) {
        // The event already has a creation context, which this one does not replace (ADR 38).
        super(Map::get, Kind.CLIENT);
        CommittedEvent event = routed.event();
        setCarrier(traceContext(event));
        setRemoteServiceName("Apache Kafka");
        this.pipeline = pipeline;
        this.topic = routed.topic();
        this.partition = partition;
        this.eventId = text(event.id());
        this.aggregateType = text(event.aggregateType());
        this.aggregateId = text(event.aggregateId());
    }

    private static Map<String, String> traceContext(CommittedEvent event) {
        Map<String, String> headers = new HashMap<>();
        byte[] traceParent = event.traceParent();
        if (traceParent != null) {
            headers.put(EventHeaders.W3C_TRACE_PARENT, text(traceParent));
        }
        byte[] traceState = event.traceState();
        if (traceState != null) {
            headers.put(EventHeaders.W3C_TRACE_STATE, text(traceState));
        }
        return headers;
    }

    private static String text(byte[] value) {
        return new String(value, StandardCharsets.UTF_8);
    }

    /** Returns the name of the pipeline, which is that of its slot. */
    public String getPipeline() {
        return pipeline;
    }

    /** Returns the topic to which the event is published. */
    public String getTopic() {
        return topic;
    }

    /** Returns the partition to which the event is published. */
    public int getPartition() {
        return partition;
    }

    /** Returns the event's id, {@code ce_id}. */
    public String getEventId() {
        return eventId;
    }

    /** Returns the type of the aggregate. */
    public String getAggregateType() {
        return aggregateType;
    }

    /** Returns the id of the aggregate, the record's key. The default convention leaves it out, because it may be personal. */
    public String getAggregateId() {
        return aggregateId;
    }
}
