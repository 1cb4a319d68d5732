package dev.fullstate.outbox.faults.oracle;

import java.util.Collection;
import java.util.List;

/**
 * The committed events.
 *
 * @param present all rows of the database as it is, in the order of each key's commits
 * @param former the rows that the database had whenever it lost the end of its history; some of them are in {@code present} too
 */
public record History(List<Event> present, Collection<Event> former) {

    /** {@return the history of a database that has lost nothing} */
    public static History of(List<Event> events) {
        return new History(events, List.of());
    }
}
