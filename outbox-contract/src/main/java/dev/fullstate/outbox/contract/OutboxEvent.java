package dev.fullstate.outbox.contract;

import java.time.Instant;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * One event of the outbox: the attributes of a CloudEvent, and the aggregate's state as its data.
 *
 * <p>The columns that the database fills ({@code seq}, {@code xid}, {@code created_at}, {@code bucket}) are not part of it.
 *
 * @param id CloudEvents {@code id}, new for every row
 * @param aggregateType routes to the topic: letters, digits, dot, underscore and hyphen
 * @param aggregateId Kafka key and CloudEvents {@code subject}; not empty
 * @param type CloudEvents {@code type}, reverse DNS
 * @param payload the state as JSON; null if and only if the operation is a delete
 * @param source CloudEvents {@code source}, a URI reference
 * @param time of the change; null where it is not known
 * @param dataSchema the URI of the data's schema
 * @param changeId the same for every event of the same change
 * @param entityVersion the root's version; null where it is not known
 * @param operation of the transaction on the aggregate
 * @param republishId the job that wrote the event; null for a live change
 * @param traceParent W3C trace context of the writing transaction
 * @param traceState W3C trace state of the writing transaction
 */
public record OutboxEvent(
        UUID id,
        String aggregateType,
        String aggregateId,
        String type,
        @Nullable String payload,
        String source,
        @Nullable Instant time,
        @Nullable String dataSchema,
        UUID changeId,
        @Nullable Long entityVersion,
        Operation operation,
        @Nullable UUID republishId,
        @Nullable String traceParent,
        @Nullable String traceState) {

    public OutboxEvent {
        if (aggregateId.isEmpty()) {
            throw new IllegalArgumentException("An event of type '" + aggregateType + "' has an empty aggregate id");
        }
        if ((payload == null) != (operation == Operation.DELETE)) {
            throw new IllegalArgumentException("Event of aggregate '" + aggregateType + "' with id '" + aggregateId
                    + "': a delete has no payload and everything else has one, but the operation is "
                    + operation.label() + " and the payload is " + (payload == null ? "absent" : "present"));
        }
    }
}
