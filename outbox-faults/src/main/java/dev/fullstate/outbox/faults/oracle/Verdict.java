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
 * The faults of the published events, per key, by comparison with the database as it is, and with a {@link Consumer} that follows the docs.
 *
 * <p>Events that the database has lost may be in Kafka: they were committed when they were published.
 *
 * @param lost      the database has it, and it was not published
 * @param repeated  published once more
 * @param reordered published for the first time after a later one of the key
 * @param unknown   published and never committed
 * @param altered   published with another content than committed; or with another number, unless that was raised after a loss
 * @param ignored   the database has it, and the consumer had seen a higher sequence of the key before it got the event for the first time
 * @param wrong     the last event of a key whose state the consumer does not have; a key that was not changed since the database has lost
 *     its last event may have the lost one
 */
public record Verdict(
        List<Event> lost,
        List<Event> repeated,
        List<Event> reordered,
        List<Event> unknown,
        List<Event> altered,
        List<Event> ignored,
        List<Event> wrong) {

    private static final int QUOTED = 5;

    public static Verdict of(History history, List<Event> published) {
        return new Hearing(history).judge(published);
    }

    /** {@return whether everything that the database has is published, whatever else is wrong} */
    public boolean isComplete() {
        return lost.isEmpty();
    }

    /**
     * Judges for consumers that get each event once.
     *
     * @throws AssertionError unless each event of the database is published once and in order, no others are but lost ones, and the
     *     consumer has the database's state
     */
    public void requireExactlyOnce(String context) {
        require(repeated.isEmpty() && isAtLeastOnce(), context);
    }

    /**
     * Judges for consumers that drop repeated events.
     *
     * @throws AssertionError unless the same holds without the repeats
     */
    public void requireAtLeastOnce(String context) {
        require(isAtLeastOnce(), context);
    }

    private boolean isAtLeastOnce() {
        return lost.isEmpty()
                && reordered.isEmpty()
                && unknown.isEmpty()
                && altered.isEmpty()
                && ignored.isEmpty()
                && wrong.isEmpty();
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
                quote("lost", lost),
                quote("repeated", repeated),
                quote("reordered", reordered),
                quote("unknown", unknown),
                quote("altered", altered),
                quote("ignored", ignored),
                quote("wrong", wrong));
    }

    private static String quote(String name, List<Event> events) {
        return name + " " + events.size()
                + (events.isEmpty() ? "" : " " + events.subList(0, Math.min(QUOTED, events.size())));
    }

    /** Goes through the published events, in their order. */
    private static final class Hearing {

        private final Map<String, Event> present;
        private final Map<String, Event> former;
        private final Map<String, Event> lastOfKey = new HashMap<>();
        private final Consumer consumer = new Consumer();
        private final Set<String> seen = new HashSet<>();
        private final Map<String, Long> published = new HashMap<>();
        private final Verdict verdict = new Verdict(
                new ArrayList<>(),
                new ArrayList<>(),
                new ArrayList<>(),
                new ArrayList<>(),
                new ArrayList<>(),
                new ArrayList<>(),
                new ArrayList<>());

        Hearing(History history) {
            this.present = history.present().stream().collect(Collectors.toMap(Event::id, Function.identity()));
            this.former =
                    history.former().stream().collect(Collectors.toMap(Event::id, Function.identity(), (a, b) -> b));
            history.present().forEach(event -> lastOfKey.put(event.key(), event));
        }

        Verdict judge(List<Event> events) {
            events.forEach(this::hear);
            present.values().stream()
                    .filter(event -> !seen.contains(event.id()))
                    .forEach(verdict.lost::add);
            lastOfKey.values().stream().filter(event -> !isHad(event)).forEach(verdict.wrong::add);
            return verdict;
        }

        private void hear(Event event) {
            boolean applied = consumer.receive(event);
            Event row = present.get(event.id());
            Event committed = row == null ? former.get(event.id()) : row;
            if (committed == null) {
                verdict.unknown.add(event);
            } else if (!isOf(event, committed)) {
                verdict.altered.add(event);
            }
            if (!seen.add(event.id())) {
                verdict.repeated.add(event);
            } else if (row != null) {
                if (!applied) {
                    verdict.ignored.add(event);
                }
                if (row.seq() < published.getOrDefault(row.key(), 0L)) {
                    verdict.reordered.add(event);
                }
                published.merge(row.key(), row.seq(), Math::max);
            }
        }

        private boolean isOf(Event event, Event committed) {
            boolean numbered = former.isEmpty() ? event.seq() == committed.seq() : event.seq() >= committed.seq();
            return numbered
                    && new Event(event.key(), committed.seq(), event.id(), event.version(), event.payload())
                            .equals(committed);
        }

        private boolean isHad(Event last) {
            Event had = consumer.last(last.key());
            return had != null && (had.id().equals(last.id()) || (former.containsKey(last.id()) && isGone(had)));
        }

        private boolean isGone(Event event) {
            return !present.containsKey(event.id());
        }
    }
}
