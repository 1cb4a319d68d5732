package dev.fullstate.outbox.relay;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.publish.RecordIdentity;
import dev.fullstate.outbox.relay.publish.RefusedRecordException;

/**
 * The records that Kafka has refused, for the attempts that follow: a refusal ends the connection, and everything in its transaction. Used by
 * the loop alone.
 */
final class Refusals {

    /** One attempt ends with one refusal, so few are needed at a time. */
    private static final int MAX_COUNT = 1_000;

    private final Map<RecordIdentity, String> reasons = bounded();
    /** Of dead letters, how often they were refused. */
    private final Map<RecordIdentity, Integer> letterCounts = bounded();

    /** The last command for which refusals were forgotten; 0 before the first. */
    private long forgottenFor;

    private static <T> Map<RecordIdentity, T> bounded() {
        return new LinkedHashMap<>() {

            @Override
            protected boolean removeEldestEntry(Map.Entry<RecordIdentity, T> eldest) {
                return size() > MAX_COUNT;
            }
        };
    }

    void note(RefusedRecordException refusal) {
        RecordIdentity refused = refusal.refused();
        if (refused.isDeadLetter()) {
            letterCounts.merge(refused, 1, Integer::sum);
        } else {
            reasons.put(refused, refusal.reason());
        }
    }

    boolean areThereNone() {
        return reasons.isEmpty();
    }

    /** Returns why Kafka has refused an event; null if it has not. */
    @Nullable
    String reason(RecordIdentity event) {
        return reasons.get(event);
    }

    /** Lets events be tried again. */
    void forget() {
        reasons.clear();
    }

    /** Lets events be tried again as an operator has asked, once: what Kafka refuses then is remembered, also if the command comes again. */
    void forgetFor(long command) {
        if (command != forgottenFor) {
            forgottenFor = command;
            forget();
        }
    }

    /** Returns how often Kafka has refused a dead letter. */
    int letterCount(RecordIdentity letter) {
        return letterCounts.getOrDefault(letter, 0);
    }
}
