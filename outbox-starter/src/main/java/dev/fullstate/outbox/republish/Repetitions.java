package dev.fullstate.outbox.republish;

import java.util.LinkedHashMap;
import java.util.Map;

import dev.fullstate.outbox.republish.Chunks.Subject;

/** How often the same chunk has failed in this instance. Knows the latest ones only. Thread-safe. */
final class Repetitions {

    private static final int LATEST = 1_000;

    private final Map<Subject, Integer> counts = new LinkedHashMap<>(16, 0.75f, true) {

        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Subject, Integer> eldest) {
            return size() > LATEST;
        }
    };

    /** It has failed once more; returns how often it has by now. */
    synchronized int count(Subject subject) {
        return counts.merge(subject, 1, Integer::sum);
    }
}
