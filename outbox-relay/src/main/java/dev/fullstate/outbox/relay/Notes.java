package dev.fullstate.outbox.relay;

import java.time.Duration;
import java.util.function.LongSupplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.fullstate.outbox.relay.failure.RelayException;
import dev.fullstate.outbox.relay.failure.Wording;

/**
 * Makes the loop's notes for others, beside its work. The loop goes on without them: it logs a failure, once until the next success, and
 * tries again later.
 */
final class Notes {

    private static final Logger log = LoggerFactory.getLogger(Notes.class);
    private static final long RETRY_NANOS = Duration.ofSeconds(10).toNanos();

    private final LongSupplier nanoTime;
    private final String consequence;
    /** The time until which nothing is attempted. */
    private long resting;
    /** True if the last attempt failed, so that the log has a warning that is not repeated. */
    private boolean failing;

    /** @param consequence of a failure, after "The relay goes on and tries again; until then" */
    Notes(LongSupplier nanoTime, String consequence) {
        this.nanoTime = nanoTime;
        this.consequence = consequence;
        this.resting = nanoTime.getAsLong();
    }

    boolean isResting() {
        return nanoTime.getAsLong() - resting < 0;
    }

    /** {@return whether the last attempt failed} */
    boolean isFailing() {
        return failing;
    }

    void rest(Duration time) {
        resting = nanoTime.getAsLong() + time.toNanos();
    }

    void noteSuccess() {
        failing = false;
    }

    void attempt(Runnable step) {
        try {
            step.run();
        } catch (RelayException e) {
            resting = nanoTime.getAsLong() + RETRY_NANOS;
            if (!failing) {
                log.warn(
                        "{} The relay goes on and tries again; until then {}. Remedy: {}",
                        Wording.sentence(String.valueOf(e.getMessage())),
                        consequence,
                        e.remedy(),
                        e);
            } else {
                log.debug("The relay still cannot make a note", e);
            }
            failing = true;
        }
    }
}
