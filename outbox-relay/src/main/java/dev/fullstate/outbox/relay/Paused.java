package dev.fullstate.outbox.relay;

import java.time.Duration;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.fullstate.outbox.relay.RelayStatus.Problem;
import dev.fullstate.outbox.relay.failure.FailureKind;
import dev.fullstate.outbox.relay.wal.WalSession;

/**
 * Waits until operators resume the pipeline. Has one connection to the database, for looking, and neither the slot nor a producer, so every
 * instance waits in the same way, whichever has published before.
 */
final class Paused implements Activity {

    private static final Logger log = LoggerFactory.getLogger(Paused.class);
    private static final Duration LOOK_INTERVAL = Duration.ofSeconds(1);

    private final Stages stages;
    private final WalSession session;

    Paused(Stages stages, WalSession session) {
        this.stages = stages;
        this.session = session;
        session.notePauseFollowed();
        log.info("The pipeline is paused; {}", stages.store());
    }

    /**
     * Tells whether a relay has to wait now: the slot is free, so whoever has published before has finished what it had begun, and the
     * pipeline is paused.
     */
    static boolean isDue(Stages stages, WalSession session) {
        return session.isPaused() && !StandBy.isHeld(stages, session);
    }

    @Override
    public RelayState state() {
        return RelayState.PAUSED;
    }

    @Override
    public Activity step() {
        boolean paused = session.isPaused();
        session.notePauseFollowed();
        if (paused) {
            // Shows the WAL that is kept.
            StandBy.isHeld(stages, session);
            return this;
        }
        close();
        return new Connecting(stages);
    }

    @Override
    public Problem problem() {
        return new Problem(
                FailureKind.STEP_DOWN,
                "The pipeline is paused, as operators have asked: nothing is published, and " + stages.store(),
                "Resume it: POST /admin/relay/resume, or a row with the command resume in the table of commands");
    }

    @Override
    public boolean isIdle() {
        return true;
    }

    @Override
    public Duration pollInterval(RelaySettings settings) {
        return LOOK_INTERVAL;
    }

    @Override
    public void drain(Duration timeout) {
        // Nothing has begun.
    }

    @Override
    public void close() {
        session.close();
    }
}
