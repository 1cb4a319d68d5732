package dev.fullstate.outbox.faults.oracle;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What is wrong for a consumer when the database has lost the end of its history and goes on with a new one. The judge is the
 * database that has survived. The consumer applies an event if its sequence is above the last one that it has applied for the key.
 *
 * <p>That Kafka also has what the database has lost is not wrong: it was committed when it was published.
 *
 * @param missing   of the surviving events, not published
 * @param repeated  published once more
 * @param altered   published with another version or payload than the database has
 * @param ignored   of the new history, with a sequence that is not above all that the key had before
 * @param misplaced of the surviving events, published after a later one of the key
 * @param wrong     the last event of a key with a new history that the consumer has not as the last one
 */
public record Survival(
        List<Event> missing,
        List<Event> repeated,
        List<Event> altered,
        List<Event> ignored,
        List<Event> misplaced,
        List<Event> wrong) {

    private static final int QUOTED = 5;

    /**
     * Judges.
     *
     * @param surviving all rows of the database, in the order of each key's commits
     * @param old       the ids of the history that was lost in part
     * @param published in the order of each partition
     */
    public static Survival of(List<Event> surviving, Set<String> old, List<Event> published) {
        Map<String, Event> known = surviving.stream().collect(Collectors.toMap(Event::id, Function.identity()));
        Survival survival = new Survival(
                new ArrayList<>(),
                new ArrayList<>(),
                new ArrayList<>(),
                new ArrayList<>(),
                new ArrayList<>(),
                new ArrayList<>());
        Map<String, Event> applied = new HashMap<>();
        Map<String, Long> lastVersions = new HashMap<>();
        Set<String> seen = new HashSet<>();
        for (Event event : published) {
            boolean first = seen.add(event.id());
            Event committed = known.get(event.id());
            Event before = applied.get(event.key());
            boolean newer = before == null || event.seq() > before.seq();
            if (newer) {
                applied.put(event.key(), event);
            }
            if (!first) {
                survival.repeated.add(event);
            } else if (committed != null) {
                survival.compare(event, committed);
                if (!newer && !old.contains(event.id())) {
                    survival.ignored.add(event);
                }
                if (event.version() < lastVersions.getOrDefault(event.key(), 0L)) {
                    survival.misplaced.add(event);
                }
                lastVersions.merge(event.key(), event.version(), Math::max);
            }
        }
        survival.lookForWhatIsNotThere(surviving, old, seen, applied);
        return survival;
    }

    private void compare(Event event, Event committed) {
        // The number may have been raised above those of the lost history.
        if (!new Event(event.key(), committed.seq(), event.id(), event.version(), event.payload()).equals(committed)) {
            altered.add(event);
        }
    }

    private void lookForWhatIsNotThere(
            List<Event> surviving, Set<String> old, Set<String> seen, Map<String, Event> applied) {
        Map<String, Event> last = new HashMap<>();
        for (Event event : surviving) {
            last.merge(event.key(), event, (a, b) -> b.version() > a.version() ? b : a);
            if (!seen.contains(event.id())) {
                missing.add(event);
            }
        }
        last.values().stream()
                .filter(event -> !old.contains(event.id()))
                .filter(event -> !applied.containsKey(event.key())
                        || !applied.get(event.key()).id().equals(event.id()))
                .forEach(wrong::add);
    }

    /** {@return whether nothing that has survived is missing, whatever else is wrong} */
    public boolean isComplete() {
        return missing.isEmpty();
    }

    /**
     * For consumers that get each event once.
     *
     * @throws AssertionError unless every surviving event is published once, and the consumer has the surviving state
     */
    public void requireExactlyOnce(String context) {
        require(repeated.isEmpty() && isAtLeastOnce(), context);
    }

    /**
     * For consumers that drop what comes again.
     *
     * @throws AssertionError unless every surviving event is published, and the consumer has the surviving state
     */
    public void requireAtLeastOnce(String context) {
        require(isAtLeastOnce(), context);
    }

    private boolean isAtLeastOnce() {
        return missing.isEmpty() && altered.isEmpty() && ignored.isEmpty() && misplaced.isEmpty() && wrong.isEmpty();
    }

    private void require(boolean fulfilled, String context) {
        if (!fulfilled) {
            throw new AssertionError(this + "\n" + context);
        }
    }

    @Override
    public String toString() {
        return String.join(
                "; ",
                quote("missing", missing),
                quote("repeated", repeated),
                quote("altered", altered),
                quote("ignored", ignored),
                quote("misplaced", misplaced),
                quote("wrong", wrong));
    }

    private static String quote(String name, List<Event> events) {
        return name + " " + events.size()
                + (events.isEmpty() ? "" : " " + events.subList(0, Math.min(QUOTED, events.size())));
    }
}
