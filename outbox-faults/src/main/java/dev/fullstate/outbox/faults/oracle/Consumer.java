package dev.fullstate.outbox.faults.oracle;

import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A consumer that follows the docs: it applies an event if its sequence is above the last one that it has applied for the key. After an
 * event without payload it has no state of the key, and still remembers the sequence.
 */
final class Consumer {

    private final Map<String, Event> applied = new HashMap<>();

    /** {@return whether the event was applied} */
    boolean receive(Event event) {
        Event before = applied.get(event.key());
        boolean newer = before == null || event.seq() > before.seq();
        if (newer) {
            applied.put(event.key(), event);
        }
        return newer;
    }

    /** {@return the event whose state the consumer has; null if it has seen none of the key} */
    @Nullable
    Event last(String key) {
        return applied.get(key);
    }
}
