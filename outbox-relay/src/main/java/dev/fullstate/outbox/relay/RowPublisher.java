package dev.fullstate.outbox.relay;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.contract.OutboxTable;
import dev.fullstate.outbox.relay.acknowledge.PendingTransaction;
import dev.fullstate.outbox.relay.failure.Warning;
import dev.fullstate.outbox.relay.failure.Wording;
import dev.fullstate.outbox.relay.parking.ParkedAggregate;
import dev.fullstate.outbox.relay.parking.Parking;
import dev.fullstate.outbox.relay.publish.DeadLetter;
import dev.fullstate.outbox.relay.publish.Publisher;
import dev.fullstate.outbox.relay.publish.RecordIdentity;
import dev.fullstate.outbox.relay.route.RoutedEvent;
import dev.fullstate.outbox.relay.transaction.CommittedEvent;
import dev.fullstate.outbox.relay.transaction.ReceivedRow;
import dev.fullstate.outbox.relay.transaction.UnpublishableRowException;

/**
 * Gives rows to the publisher: each as an event or, if it cannot be one, as the policy of its aggregate type says. Rows of parked aggregates
 * wait (ADR 31).
 */
final class RowPublisher {

    /** A reason may quote a value of any length. */
    private static final int MAX_REASON_LENGTH = 300;

    private final Stages stages;
    private final Publisher publisher;
    private final Parking parking;
    /** Tells whether events for a topic wait. */
    private final Predicate<String> held;
    /** Keeps the relay from parking anything; null if nothing does. */
    private final @Nullable Warning obstacle;
    /** Events that the publisher was given and that the statistics lack. */
    private long eventCount;

    RowPublisher(Stages stages, Publisher publisher, Predicate<String> held, @Nullable Warning obstacle) {
        this.stages = stages;
        this.publisher = publisher;
        this.parking = publisher.parking();
        this.held = held;
        this.obstacle = obstacle;
    }

    /**
     * Publishes an event, or lets it wait behind others of its aggregate.
     *
     * @throws UnpublishableRowException if it cannot be published, or no more events may wait; nothing has been done then
     */
    void publish(CommittedEvent event, Numbering numbering, PendingTransaction pending) {
        if (!parking.isEmpty() && letWait(event, pending)) {
            return;
        }
        long seq = event.sequence();
        publisher.publish(routed(event, seq, numbering), pending.whenPublished());
        // This comes after publish: an event that cannot be published does not count. Only this thread reads the count.
        pending.addEvent();
        eventCount++;
        numbering.noteReceived(event, seq);
    }

    private boolean letWait(CommittedEvent event, PendingTransaction pending) {
        byte[] payload = event.payload();
        return letWait(
                text(event.aggregateType()),
                text(event.aggregateId()),
                event.sequence(),
                payload == null ? 0 : payload.length,
                () -> UnpublishableRowException.behindParked(event),
                pending);
    }

    /** Lets a row wait if its aggregate is parked; returns whether it is. */
    private boolean letWait(
            String type,
            String id,
            long seq,
            long size,
            Supplier<UnpublishableRowException> row,
            PendingTransaction pending) {
        if (!parking.holds(type, id)) {
            return false;
        }
        requireRoom(type, id, seq, row);
        parking.add(type, id, seq, size);
        passOver(seq, pending);
        return true;
    }

    private static String text(byte[] value) {
        return new String(value, StandardCharsets.UTF_8);
    }

    /** Has it recorded that a row is dealt with and not published. */
    private void passOver(long seq, PendingTransaction pending) {
        parking.notePassedOver(seq);
        publisher.publishNothing(pending.whenPublished());
        pending.addNothing();
    }

    private RoutedEvent routed(CommittedEvent event, long seq, Numbering numbering) {
        RoutedEvent routed = stages.router().route(numbering.number(event, seq));
        if (held.test(routed.topic())) {
            // Its row had another type when it was written, or when it was parked.
            throw UnpublishableRowException.of(
                    event,
                    OutboxTable.AGGREGATE_TYPE,
                    "its type was corrected, and topic '" + routed.topic() + "' takes no events now",
                    null);
        }
        String reason =
                stages.refusals().areThereNone() ? null : stages.refusals().reason(RecordIdentity.of(routed));
        if (reason != null) {
            throw UnpublishableRowException.of(
                    event,
                    OutboxTable.PAYLOAD,
                    "topic '" + routed.topic() + "' has refused it: " + reason
                            + " (the topic's limit is its max.message.bytes)",
                    null);
        }
        return routed;
    }

    /** Has the statistics count the events that were published since the last call. */
    void count() {
        stages.statistics().countReceived(eventCount);
        eventCount = 0;
    }

    /**
     * Treats a row that cannot be an event.
     *
     * @param why it cannot
     * @throws UnpublishableRowException if the relay has to stop before the row
     */
    void giveUp(ReceivedRow row, UnpublishableRowException why, PendingTransaction pending) {
        if (why.isOfTheTable()) {
            throw why;
        }
        boolean waits =
                letWait(row.aggregateType(), row.aggregateId(), row.sequence(), row.payloadBytes(), () -> why, pending);
        if (waits) {
            return;
        }
        switch (stages.settings().poison().of(row.aggregateType())) {
            case STOP -> throw why;
            case SKIP ->
                stages.log()
                        .warn(Wording.sentence(String.valueOf(why.getMessage()))
                                + " It goes to the topic of dead letters, and is given up");
            case PARK -> park(row, why);
        }
        publishLetter(row, why, pending.whenPublished());
        pending.addNothing();
        passOver(row.sequence(), pending);
    }

    private void park(ReceivedRow row, UnpublishableRowException why) {
        if (obstacle != null) {
            throw why.unparkable(obstacle.message(), obstacle.remedy());
        }
        if (isFull()) {
            throw full(why);
        }
        int max = stages.settings().poison().maxParked();
        if (parking.size() >= max) {
            throw why.unparkable(
                    max + " aggregates are parked already, as many as may be",
                    "Release some of them, or raise outbox.relay.parking.max-aggregates");
        }
        ParkedAggregate parked = ParkedAggregate.at(
                row.aggregateType(),
                row.aggregateId(),
                row.sequence(),
                eventId(row),
                row.payloadBytes(),
                reason(why),
                Instant.now());
        if (!parking.hasRoomFor(parked)) {
            throw why.unparkable(
                    parking.size() + " aggregates are parked already, and the record of one more would be too large",
                    "Release some of them, or raise spring.kafka.producer.properties.max.request.size, and max.message.bytes of"
                            + " the topic of the positions");
        }
        parking.park(parked);
        stages.log()
                .warn(Wording.sentence(String.valueOf(why.getMessage()))
                        + " It goes to the topic of dead letters, and later events of "
                        + name(row.aggregateType(), row.aggregateId()) + " wait for an operator");
    }

    private void requireRoom(String type, String id, long seq, Supplier<UnpublishableRowException> row) {
        if (isFull()) {
            throw full(row.get());
        }
        if (!parking.canWait(type, id, seq)) {
            throw row.get()
                    .unparkable(
                            "It would have to wait, and its number is below those of others that do; too many of its aggregate are"
                                    + " like that",
                            "Release " + name(type, id));
        }
    }

    private static @Nullable String eventId(ReceivedRow row) {
        byte[] id = row.id();
        return id == null ? null : text(id);
    }

    private boolean isFull() {
        return parking.bytes() >= stages.settings().poison().maxParkedSize().toBytes();
    }

    private UnpublishableRowException full(UnpublishableRowException row) {
        return row.unparkable(
                "Events of " + parking.size() + " parked aggregates wait already, with " + parking.bytes()
                        + " bytes, as many as may",
                "Release some of them, or raise outbox.relay.parking.max-size");
    }

    static String name(String aggregateType, String aggregateId) {
        return aggregateType + " '" + aggregateId + "'";
    }

    private static String reason(UnpublishableRowException why) {
        String reason = why.reason();
        return reason.length() <= MAX_REASON_LENGTH ? reason : reason.substring(0, MAX_REASON_LENGTH) + "...";
    }

    private void publishLetter(ReceivedRow row, UnpublishableRowException why, Runnable published) {
        String topic = stages.router().findTopic(row.aggregateType()).orElse(null);
        int refusedCount = stages.refusals().letterCount(RecordIdentity.ofLetter(row));
        publisher.publishDeadLetter(new DeadLetter(row, why.reason(), topic, refusedCount), published);
        stages.statistics().countDeadLetter();
    }

    /**
     * Publishes the next row of a released aggregate or, if that cannot be, gives it up or lets the aggregate wait again, as the operator has
     * asked.
     *
     * @param seq the number by which the row waits, which may have been corrected since
     */
    void publishReleased(ParkedAggregate aggregate, long seq, ReceivedRow row, Numbering numbering, String table) {
        try {
            CommittedEvent event = row.event();
            String type = text(event.aggregateType());
            String id = text(event.aggregateId());
            boolean isOfAnother = !type.equals(aggregate.type()) || !id.equals(aggregate.id());
            if (isOfAnother && parking.holds(type, id)) {
                // The row was corrected, and is one of another aggregate that waits.
                parking.add(type, id, event.sequence(), row.payloadBytes());
                publisher.publishNothing(() -> {});
            } else {
                long number = event.sequence();
                publisher.publish(routed(event, number, numbering), stages.statistics()::countReleased);
                numbering.noteReceived(event, number);
            }
            parking.published(aggregate, seq, row.payloadBytes());
        } catch (UnpublishableRowException e) {
            refuse(aggregate, seq, row, e.in(table));
        }
    }

    private void refuse(ParkedAggregate aggregate, long seq, ReceivedRow row, UnpublishableRowException why) {
        if (seq != aggregate.blocked()) {
            publishLetter(row, why, () -> {});
        }
        publisher.publishNothing(() -> {});
        if (aggregate.giveUps() > 0 && !why.isOfTheTable()) {
            stages.log()
                    .warn(Wording.sentence(String.valueOf(why.getMessage()))
                            + " It is given up, as an operator has asked");
            parking.givenUp(aggregate, seq, row.payloadBytes());
        } else {
            stages.log()
                    .warn(Wording.sentence(String.valueOf(why.getMessage())) + " Later events of "
                            + name(aggregate.type(), aggregate.id()) + " wait for an operator again");
            parking.blocked(aggregate, seq, eventId(row), reason(why), Instant.now());
        }
    }

    /** Returns the warnings about what is parked, or could not be. */
    List<Warning> warnings() {
        return obstacle == null || stages.settings().poison().neverParks() ? List.of() : List.of(obstacle);
    }
}
