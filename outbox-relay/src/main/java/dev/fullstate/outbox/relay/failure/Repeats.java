package dev.fullstate.outbox.relay.failure;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/**
 * Tells which of the messages that come again and again are worth a line: the first, and then one after a time that doubles.
 * Thread-safe.
 */
public final class Repeats {

    private static final int MAX_COUNT = 100;
    private static final Pattern VARIABLE = Pattern.compile("\\S*\\d\\S*");

    private final Duration first;
    private final Duration longest;
    private final LongSupplier nanoTime;
    /** The messages that have had a line, the one that came least recently first. */
    private final Map<String, Line> lines = new LinkedHashMap<>(16, 0.75f, true) {

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Line> eldest) {
            return size() > MAX_COUNT;
        }
    };

    /** What a message is. */
    public enum Kind {
        /** It has not come before. */
        NEW,
        /** Its last line is long ago. */
        DUE,
        /** It says nothing that the log does not have. */
        REPEATED
    }

    /**
     * @param at    the time of the line
     * @param quiet for so long after that
     */
    private record Line(long at, Duration quiet) {}

    /**
     * @param first   time after which a message is due
     * @param longest such time
     */
    public Repeats(Duration first, Duration longest, LongSupplier nanoTime) {
        this.first = first;
        this.longest = longest;
        this.nanoTime = nanoTime;
    }

    /** Notes a message; if it is new or due, the caller has to log it. */
    public synchronized Kind note(String message) {
        long now = nanoTime.getAsLong();
        Line last = lines.get(message);
        if (last == null) {
            lines.put(message, new Line(now, first));
            return Kind.NEW;
        }
        if (now - last.at < last.quiet.toNanos()) {
            return Kind.REPEATED;
        }
        Duration twice = last.quiet.multipliedBy(2);
        lines.put(message, new Line(now, twice.compareTo(longest) < 0 ? twice : longest));
        return Kind.DUE;
    }

    /** Returns what a message has in common with those that differ only in words with digits, such as numbers, addresses and ids. */
    public static String alike(String message) {
        return VARIABLE.matcher(message).replaceAll("#");
    }

    /** Forgets all messages: the next one is new. */
    public synchronized void clear() {
        lines.clear();
    }
}
