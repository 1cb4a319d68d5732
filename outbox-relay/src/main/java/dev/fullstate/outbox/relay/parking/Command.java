package dev.fullstate.outbox.relay.parking;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.position.Lsn;

/**
 * What an operator asks for.
 *
 * @param number tells it from all others
 * @param type of the aggregates; null for all
 * @param id of the aggregate; null for all of the type
 * @param first the number of the aggregate's first event; null for any
 * @param expired whether it was asked for too long ago to be followed; never, unless it is {@link Kind#ACCEPT}
 * @param slotPosition of the slot, to which the command applies; null unless it is {@link Kind#ACCEPT}
 * @param requestedBy who asks
 */
public record Command(
        long number,
        Kind kind,
        @Nullable String type,
        @Nullable String id,
        @Nullable Long first,
        boolean expired,
        @Nullable Lsn slotPosition,
        String requestedBy) {

    /** Begins the outcome of a command that was followed, unless that is the only outcome there is. */
    public static final String FOLLOWED = "followed";

    /** The kinds of commands, which differ in what may be given up. */
    public enum Kind {
        /** Publishes the events as their rows are now, up to one that cannot be published. */
        RETRY(0),
        /** As retry, but gives up one event that cannot be published. */
        SKIP(1),
        /** As retry, but gives up all events that cannot be published. */
        RELEASE(Integer.MAX_VALUE),
        /** Of the whole pipeline: no relay publishes it until it is resumed. */
        PAUSE(0),
        /** Ends a pause. */
        RESUME(0),
        /** Of the whole pipeline: it goes on where its slot is confirmed, and everything that was committed before counts as published. */
        ACCEPT(0);

        private final int giveUps;

        Kind(int giveUps) {
            this.giveUps = giveUps;
        }

        int giveUps() {
            return giveUps;
        }
    }

    boolean isFor(ParkedAggregate aggregate) {
        return (type == null || type.equals(aggregate.type()))
                && (id == null || id.equals(aggregate.id()))
                && (first == null || first == aggregate.next());
    }
}
