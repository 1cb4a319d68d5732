package dev.fullstate.outbox.relay;

import java.time.Duration;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

import dev.fullstate.outbox.relay.RelayStatus.Problem;
import dev.fullstate.outbox.relay.failure.FailureKind;
import dev.fullstate.outbox.relay.failure.Repeats;
import dev.fullstate.outbox.relay.failure.Wording;

/**
 * Logs the failures of a relay, which tries again for ever: each one once, the same one seldom after that, and once that they are over. Used by
 * the loop alone.
 */
final class FailureLog {

    private static final Logger log = LoggerFactory.getLogger(FailureLog.class);

    private static final Duration FIRST_REPEAT = Duration.ofMinutes(1);
    private static final Duration LONGEST_REPEAT = Duration.ofHours(1);

    private final LongSupplier nanoTime;
    private final Repeats repeats;
    /** The problems with which the relay streams. */
    private final Repeats problems;
    /** The one that the log has and that is not over; null without one. */
    private @Nullable Problem streamingWith;
    /** Failures since the last success. */
    private int failureCount;
    /** The time of the first of them; only while there are any. */
    private long since;
    /** True if the last failure has no line. */
    private boolean repeating;

    FailureLog(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.repeats = new Repeats(FIRST_REPEAT, LONGEST_REPEAT, nanoTime);
        this.problems = new Repeats(FIRST_REPEAT, LONGEST_REPEAT, nanoTime);
    }

    /** @param delay before the next attempt */
    void failed(Problem problem, RuntimeException cause, Duration delay) {
        if (failureCount++ == 0) {
            since = nanoTime.getAsLong();
        }
        // People mend one permanent failure, and have to see the next one at once.
        boolean isPermanent = problem.kind() == FailureKind.PERMANENT;
        Repeats.Kind kind = repeats.note(isPermanent ? problem.message() : Repeats.alike(problem.message()));
        Level level = isPermanent ? Level.ERROR : Level.WARN;
        String text = Wording.withRemedy(problem.message(), problem.remedy());
        switch (kind) {
            case NEW ->
                log.atLevel(level).setCause(cause).log("The relay tries again in {}: {}", Wording.of(delay), text);
            case DUE ->
                log.atLevel(level)
                        .log("The relay has failed {} times in {}: {}", failureCount, Wording.of(age()), text);
            case REPEATED -> log.debug("The relay tries again in {}", Wording.of(delay), cause);
        }
        repeating = kind == Repeats.Kind.REPEATED;
    }

    /** Tells whether the log has the last failure already, so that the states which it leads through are not worth a line either. */
    boolean isRepeating() {
        return repeating;
    }

    /** Says, once, that something went well. */
    void over() {
        if (failureCount > 0) {
            log.info("The relay works again, after {} in {}", failures(), Wording.of(age()));
            failureCount = 0;
            repeating = false;
            repeats.clear();
        }
    }

    /** @param problem with which the relay streams; null if it does without one */
    void streamsWith(@Nullable Problem problem) {
        if (problem != null) {
            if (!repeating && problems.note(Repeats.alike(problem.message())) != Repeats.Kind.REPEATED) {
                log.warn(Wording.withRemedy(problem.message(), problem.remedy()));
                streamingWith = problem;
            }
        } else if (streamingWith != null) {
            log.info("This is over: {}", Wording.sentence(streamingWith.message()));
            streamingWith = null;
        }
    }

    private String failures() {
        return failureCount == 1 ? "one failure" : failureCount + " failures";
    }

    private Duration age() {
        return Duration.ofNanos(nanoTime.getAsLong() - since);
    }
}
