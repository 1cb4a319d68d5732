package dev.fullstate.outbox.jobs;

import java.util.LinkedHashMap;
import java.util.Map;

/** Counts how often the same chunk has failed in this instance. Knows the latest ones only. Thread-safe. */
final class Repetitions {

    private static final int LATEST = 1_000;

    /** The number of failures of each, the one that failed last at the end; at most {@link #LATEST}. Guarded by this. */
    private final Map<Subject, Integer> counts = new LinkedHashMap<>(16, 0.75f, true) {

        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Subject, Integer> eldest) {
            return size() > LATEST;
        }
    };

    /** Counts one more failure; returns how many there are by now. */
    synchronized int count(Subject subject) {
        return counts.merge(subject, 1, Integer::sum);
    }
}
