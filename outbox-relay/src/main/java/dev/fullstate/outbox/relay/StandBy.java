package dev.fullstate.outbox.relay;

import java.time.Duration;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.fullstate.outbox.relay.RelayStatus.Problem;
import dev.fullstate.outbox.relay.failure.FailureKind;
import dev.fullstate.outbox.relay.failure.Wording;
import dev.fullstate.outbox.relay.parking.Parked;
import dev.fullstate.outbox.relay.publish.PreparedPublisher;
import dev.fullstate.outbox.relay.wal.Holder;
import dev.fullstate.outbox.relay.wal.SlotStatus;
import dev.fullstate.outbox.relay.wal.WalSession;

/**
 * Waits for the slot that another relay has, with its connections open, and takes it as soon as it is free (ADR 26).
 *
 * <p>A relay that is stopped or cut off does not free its slot; PostgreSQL does so after its {@code wal_sender_timeout}. Long before, a
 * stand-by takes the slot from it, when it has shown no sign of life for a while. The published events are the same whether it is really
 * dead or not: its producer is fenced off, as that of any predecessor.
 */
final class StandBy implements Activity {

    private static final Logger log = LoggerFactory.getLogger(StandBy.class);

    private final Stages stages;
    private final WalSession session;
    private final PreparedPublisher prepared;
    private final Silence silence;
    /** The reason to log if the next look finds the slot free. */
    private String reason;
    /** Names the holder at the last look; null before the first one. */
    private @Nullable Problem problem;
    /** True if the log says that a silent holder cannot be replaced early, which it does once. */
    private boolean told;
    /** False only after a step that has ended the holder's process: the slot may be free at once. */
    private boolean idle = true;

    StandBy(Stages stages, WalSession session, PreparedPublisher prepared) {
        this.stages = stages;
        this.session = session;
        this.prepared = prepared;
        this.reason = "the relay that had " + stages.lead() + " has let it go";
        stages.statistics().setParked(Parked.NOTHING);
        this.silence = new Silence(stages.settings().standbyInterval(), stages.nanoTime());
        log.info("The relay stands by: another one has {}", stages.lead());
    }

    /** Returns whether another relay has the slot. */
    static boolean isHeld(Stages stages, WalSession session) {
        return holder(stages, session) != null;
    }

    private static @Nullable Holder holder(Stages stages, WalSession session) {
        Optional<SlotStatus> slot = session.slotStatus();
        stages.statistics().setSlot(slot.filter(SlotStatus::exists).orElse(null));
        return slot.map(SlotStatus::holder).orElse(null);
    }

    @Override
    public RelayState state() {
        return RelayState.STANDBY;
    }

    @Override
    public Activity step() {
        Holder holder = holder(stages, session);
        if (holder == null && session.isPaused()) {
            prepared.close();
            return new Paused(stages, session);
        }
        if (holder == null) {
            log.info("The relay takes over, because {}", reason);
            return Connecting.takeSlot(stages, session, prepared, null);
        }
        reason = "the relay that had " + stages.lead() + ", through process " + holder.pid()
                + " of PostgreSQL, has let it go";
        problem = new Problem(
                FailureKind.STEP_DOWN,
                "Another relay has " + stages.lead() + ", through process " + holder.pid() + " of PostgreSQL",
                "None while the other relay runs: this one takes over when it stops");
        prepared.keepUp();
        idle = true;
        Duration silent = silence.measure(holder);
        if (silent.compareTo(stages.settings().leaderTimeout()) >= 0) {
            takeFrom(holder, silent);
        }
        return this;
    }

    private void takeFrom(Holder holder, Duration silent) {
        if (!silence.isTelling()) {
            tell(holder, "its sign of life cannot be seen (it has another role, or track_activities is off)");
            return;
        }
        switch (session.terminate(holder)) {
            case DONE -> {
                reason = "the relay that had " + stages.lead() + ", through process " + holder.pid()
                        + " of PostgreSQL, was silent for " + Wording.of(silent)
                        + "; that process has been terminated";
                idle = false;
            }
            case NOT_ALLOWED ->
                tell(holder, "this relay's role may not terminate it; remedy: let all relays of a slot use one role");
            case NOT_DUE -> {
                // The holder is alive after all, or gone.
            }
        }
    }

    private void tell(Holder holder, String why) {
        if (!told) {
            log.warn(
                    "If the relay that has the slot, through process {} of PostgreSQL, goes silent, this one waits until PostgreSQL"
                            + " frees the slot after outbox.relay.wal-sender-timeout: {}",
                    holder.pid(),
                    why);
            told = true;
        }
    }

    @Override
    public boolean isIdle() {
        return idle;
    }

    @Override
    public Duration pollInterval(RelaySettings settings) {
        return settings.standbyInterval();
    }

    @Override
    public @Nullable Problem problem() {
        return problem;
    }

    @Override
    public void drain(Duration timeout) {
        // Nothing has begun.
    }

    @Override
    public void close() {
        prepared.close();
        session.close();
    }
}
