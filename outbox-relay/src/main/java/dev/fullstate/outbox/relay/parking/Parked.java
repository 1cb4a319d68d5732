package dev.fullstate.outbox.relay.parking;

import java.util.List;

/**
 * The parked aggregates at one position.
 *
 * @param command the last operator's command that is followed; 0 before the first
 * @param highest the highest number of a row that was parked, or given up, instead of published; 0 without one
 */
public record Parked(long command, long highest, List<ParkedAggregate> aggregates) {

    /** Nothing is parked, and nothing ever was. */
    public static final Parked NOTHING = new Parked(0, 0, List.of());

    public Parked {
        aggregates = List.copyOf(aggregates);
    }

    /** Returns the number of events that wait. */
    public long eventCount() {
        return aggregates.stream().mapToLong(ParkedAggregate::count).sum();
    }
}
