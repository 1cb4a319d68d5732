package dev.fullstate.outbox.faults.oracle;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is wrong with the published events, per key.
 *
 * @param lost      committed and not published
 * @param repeated  published once more
 * @param reordered published for the first time after a later one of the key
 * @param unknown   published and not committed
 * @param altered   published with another id or payload than committed
 */
public record Verdict(
        List<Event> lost, List<Event> repeated, List<Event> reordered, List<Event> unknown, List<Event> altered) {

    private static final int QUOTED = 5;

    public static Verdict of(List<Event> committed, List<Event> published) {
        Map<Long, Event> missing = new HashMap<>();
        committed.forEach(event -> missing.put(event.seq(), event));
        Map<Long, Event> known = Map.copyOf(missing);
        Map<String, Long> last = new HashMap<>();
        Set<Long> seen = new HashSet<>();
        Verdict verdict = new Verdict(
                new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (Event event : published) {
            Event original = known.get(event.seq());
            if (original == null) {
                verdict.unknown.add(event);
            } else if (!original.equals(event)) {
                verdict.altered.add(event);
            }
            if (!seen.add(event.seq())) {
                verdict.repeated.add(event);
            } else if (event.seq() < last.getOrDefault(event.key(), 0L)) {
                verdict.reordered.add(event);
            }
            last.merge(event.key(), event.seq(), Math::max);
            missing.remove(event.seq());
        }
        verdict.lost.addAll(missing.values());
        return verdict;
    }

    /**
     * For consumers that get each event once.
     *
     * @throws AssertionError unless each committed event is published once and in order, and nothing else is
     */
    public void requireExactlyOnce(String context) {
        require(repeated.isEmpty() && isAtLeastOnce(), context);
    }

    /**
     * For consumers that drop what comes again.
     *
     * @throws AssertionError unless the committed events are what remains when repeats are dropped
     */
    public void requireAtLeastOnce(String context) {
        require(isAtLeastOnce(), context);
    }

    private boolean isAtLeastOnce() {
        return lost.isEmpty() && reordered.isEmpty() && unknown.isEmpty() && altered.isEmpty();
    }

    private void require(boolean fulfilled, String context) {
        if (!fulfilled) {
            throw new AssertionError(this + "\n" + context);
        }
    }

    @Override
    public String toString() {
        return "%s; %s; %s; %s; %s"
                .formatted(
                        quote("lost", lost),
                        quote("repeated", repeated),
                        quote("reordered", reordered),
                        quote("unknown", unknown),
                        quote("altered", altered));
    }

    private static String quote(String name, List<Event> events) {
        return name + " " + events.size()
                + (events.isEmpty() ? "" : " " + events.subList(0, Math.min(QUOTED, events.size())));
    }
}
