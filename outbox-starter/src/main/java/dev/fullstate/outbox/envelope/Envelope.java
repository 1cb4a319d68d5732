package dev.fullstate.outbox.envelope;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;

import com.github.f4b6a3.uuid.UuidCreator;
import org.hibernate.Hibernate;
import org.hibernate.HibernateException;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;
import tools.jackson.core.JacksonException;

import dev.fullstate.outbox.FullStateJsonCustomizer;
import dev.fullstate.outbox.OutboxException;
import dev.fullstate.outbox.aggregate.Aggregate;
import dev.fullstate.outbox.aggregate.Aggregates;
import dev.fullstate.outbox.aggregate.Attribute;
import dev.fullstate.outbox.capture.AggregateChange;
import dev.fullstate.outbox.contract.Operation;
import dev.fullstate.outbox.contract.OutboxEvent;
import dev.fullstate.outbox.contract.OutboxTable;
import dev.fullstate.outbox.session.DatabaseFailure;

/** Turns changed aggregates into events. Thread-safe. */
public final class Envelope {

    private final StateWriter states;
    private final String source;
    private final DataSize maxPayloadSize;
    private final TraceContext.Source traces;
    private final Clock clock;

    /**
     * Creates the envelope for the aggregates of one persistence unit.
     *
     * @param source CloudEvents {@code source} of all events
     * @param maxPayloadSize maximum size of an event's payload, in bytes of UTF-8
     */
    public Envelope(
            Aggregates aggregates,
            List<FullStateJsonCustomizer> customizers,
            String source,
            DataSize maxPayloadSize,
            TraceContext.Source traces,
            Clock clock) {
        this.states = new StateWriter(aggregates, customizers);
        this.source = source;
        this.maxPayloadSize = maxPayloadSize;
        this.traces = traces;
        this.clock = clock;
    }

    /**
     * Makes the events of a transaction's changes.
     *
     * @throws OutboxException if a state cannot be written or is too large, or an id cannot be a key; the message names the
     *     aggregate
     */
    public List<OutboxEvent> changed(List<AggregateChange> changes) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        TraceContext trace = traces.get();
        return changes.stream().map(change -> event(change, now, null, trace)).toList();
    }

    /**
     * Makes events that repeat the current states. Each belongs to the same change as the last live event, so it has that event's
     * change id.
     *
     * @throws OutboxException if a state cannot be written, is too large, or was last modified at a time that no event can have; the
     *     message names the aggregate
     */
    public List<OutboxEvent> republished(List<AggregateChange> states, UUID republishId) {
        return states.stream()
                .map(state -> event(state, lastModified(state), republishId, TraceContext.NONE))
                .toList();
    }

    private OutboxEvent event(
            AggregateChange change, @Nullable Instant time, @Nullable UUID republishId, TraceContext trace) {
        Aggregate aggregate = change.aggregate();
        boolean delete = change.operation() == Operation.DELETE;
        return new OutboxEvent(
                UuidCreator.getTimeOrderedEpoch(),
                aggregate.type(),
                Subject.of(change),
                aggregate.eventType(),
                change.root() == null ? null : payload(change, change.root()),
                source,
                time,
                aggregate.dataSchema(),
                ChangeId.of(source, aggregate.type(), change.id(), change.version(), delete),
                change.version(),
                change.operation(),
                republishId,
                trace.traceParent(),
                trace.traceState());
    }

    private String payload(AggregateChange change, Object root) {
        String payload;
        try {
            payload = states.write(change.aggregate(), root);
        } catch (RuntimeException | StackOverflowError e) {
            HibernateException database = DatabaseFailure.in(e);
            if (database != null) {
                throw database;
            }
            throw new OutboxException(
                    "The state of " + name(change)
                            + " cannot be written as JSON, so its transaction fails. Leave the attribute out with"
                            + " @JsonIgnore, or give it a serializer with @JsonSerialize. Cause: "
                            + reason(e),
                    e);
        }
        long size = payload.length() > maxPayloadSize.toBytes() / 3
                ? payload.getBytes(StandardCharsets.UTF_8).length
                : payload.length();
        if (size > maxPayloadSize.toBytes()) {
            throw new OutboxException("The state of " + name(change) + " has " + size + " bytes as JSON, but "
                    + maxPayloadSize.toBytes()
                    + " is the maximum of an event, so its transaction fails. Split the aggregate, leave out with"
                    + " @JsonIgnore the attributes that consumers do not need, or raise"
                    + " outbox.payload.max-size together with the broker's and the relay's limits");
        }
        return payload;
    }

    private static String reason(Throwable failure) {
        if (failure instanceof StackOverflowError) {
            return "it contains itself";
        }
        return failure instanceof JacksonException json ? json.getOriginalMessage() : failure.toString();
    }

    private static String name(AggregateChange change) {
        return change.aggregate().type() + " " + change.id();
    }

    private static @Nullable Instant lastModified(AggregateChange state) {
        Attribute attribute = state.aggregate().lastModified();
        if (attribute == null || state.root() == null) {
            return null;
        }
        Object value = attribute.getter().get(Hibernate.unproxy(state.root()));
        Instant time = instant(value);
        if (time != null && !OutboxTable.isTime(time)) {
            throw new OutboxException(
                    "The state of " + name(state) + " cannot be published: '" + attribute.name()
                            + "', its @LastModifiedDate, is " + value
                            + ", and the time of an event lies in the years 1 to 9999. Correct the value in the database, or set it to null");
        }
        return time;
    }

    private static @Nullable Instant instant(@Nullable Object value) {
        if (value instanceof Instant instant) {
            return instant;
        }
        if (value instanceof OffsetDateTime dateTime) {
            return dateTime.toInstant();
        }
        return value instanceof ZonedDateTime dateTime ? dateTime.toInstant() : null;
    }
}
