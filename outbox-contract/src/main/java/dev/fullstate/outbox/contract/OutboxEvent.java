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
 * @param aggregateType routes to the topic: 1 to 200 letters, digits, dots, underscores and hyphens
 * @param aggregateId Kafka key and CloudEvents {@code subject}; not empty
 * @param type CloudEvents {@code type}, reverse DNS; not empty
 * @param payload the state as JSON; null if and only if the operation is a delete
 * @param source CloudEvents {@code source}, a URI reference; not empty
 * @param time of the change, in the years 1 to 9999; null where it is not known
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

    /** The table checks little of this again (docs/adr/0041). */
    public OutboxEvent {
        if (aggregateId.isEmpty()) {
            throw illegal(aggregateType, aggregateId, "the aggregate id is empty");
        }
        if (!OutboxTable.isAggregateType(aggregateType)) {
            throw illegal(
                    aggregateType,
                    aggregateId,
                    "the aggregate type has to be 1 to 200 letters, digits, '.', '_' and '-', and not '.' or '..' alone");
        }
        if (type.isEmpty() || source.isEmpty()) {
            throw illegal(aggregateType, aggregateId, "the " + (type.isEmpty() ? "type" : "source") + " is empty");
        }
        if (time != null && !OutboxTable.isTime(time)) {
            throw illegal(aggregateType, aggregateId, "the time " + time + " is not in the years 1 to 9999");
        }
        if ((payload == null) != (operation == Operation.DELETE)) {
            throw illegal(
                    aggregateType,
                    aggregateId,
                    "a delete has no payload and everything else has one, but the operation is " + operation.label()
                            + " and the payload is " + (payload == null ? "absent" : "present"));
        }
    }

    private static IllegalArgumentException illegal(String aggregateType, String aggregateId, String reason) {
        return new IllegalArgumentException(
                "Event of aggregate '" + aggregateType + "' with id '" + aggregateId + "': " + reason);
    }
}
