package dev.fullstate.outbox.relay.position;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One moment of a server, by the transactions that had ended (PostgreSQL manual, "Transaction ID and Snapshot Information Functions").
 *
 * @param end the first transaction that had not begun
 * @param running those before it that had not ended
 */
public record Snapshot(long end, Set<Long> running) {

    public Snapshot {
        running = Set.copyOf(running);
    }

    /**
     * Reads PostgreSQL's text for a {@code pg_snapshot}, as in {@code 735:740:736,738}.
     *
     * @throws IllegalArgumentException if the text is something else
     */
    public static Snapshot parse(String text) {
        List<String> parts = List.of(text.split(":", -1));
        if (parts.size() != 3) {
            throw new IllegalArgumentException("Not a snapshot: '" + text + "'; expected three fields");
        }
        return new Snapshot(
                Long.parseLong(parts.get(1)),
                Arrays.stream(parts.get(2).split(","))
                        .filter(each -> !each.isEmpty())
                        .map(Long::valueOf)
                        .collect(Collectors.toSet()));
    }

    /** Returns whether all transactions that had ended in another snapshot of the same server have in this one. */
    public boolean shows(Snapshot other) {
        return other.end <= end && running.stream().allMatch(each -> each >= other.end || other.running.contains(each));
    }
}
