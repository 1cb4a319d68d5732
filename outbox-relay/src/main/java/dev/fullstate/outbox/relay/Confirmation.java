package dev.fullstate.outbox.relay;

import java.time.Duration;
import java.util.function.Function;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

import dev.fullstate.outbox.relay.RelayStatus.Problem;
import dev.fullstate.outbox.relay.acknowledge.AcknowledgeTracker;
import dev.fullstate.outbox.relay.acknowledge.PendingTransaction;
import dev.fullstate.outbox.relay.failure.FailureKind;
import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.position.Progress;
import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.publish.Publisher;
import dev.fullstate.outbox.relay.wal.WalStream;

/**
 * Confirms to PostgreSQL, often enough to show that the relay lives and to let WAL go, and seldom enough to cost nothing.
 *
 * <p>With an idle outbox it confirms the server's own position, so that a busy database retains no WAL for it.
 */
final class Confirmation {

    private static final long PROGRESS_NANOS = Duration.ofMillis(100).toNanos();
    private static final long ALIVE_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long CHECK_NANOS = Duration.ofSeconds(3).toNanos();
    private static final long IDLE_BYTES = DataSize.ofMegabytes(16).toBytes();

    private final RelayStatistics statistics;
    private final WalStream stream;
    private final AcknowledgeTracker tracker;
    private final Publisher publisher;
    private final LongSupplier nanoTime;
    /** The time of the last confirmation, of the same position or another; only rises. */
    private long lastConfirmation;
    /** The time of the last check of the publication and the slot; only rises. */
    private long lastCheck;
    /** The standby's slot for which the server held events back at the last check; null without one. */
    private @Nullable String heldBack;

    Confirmation(Stages stages, WalStream stream, AcknowledgeTracker tracker, Publisher publisher) {
        this.statistics = stages.statistics();
        this.stream = stream;
        this.tracker = tracker;
        this.publisher = publisher;
        this.nanoTime = stages.nanoTime();
        this.lastConfirmation = nanoTime.getAsLong();
        this.lastCheck = lastConfirmation;
    }

    void step() {
        Progress progress = tracker.advance();
        boolean progressed = confirmable().isAfter(progress.confirmed());
        long now = nanoTime.getAsLong();
        if (now - lastConfirmation >= (progressed ? PROGRESS_NANOS : ALIVE_NANOS)) {
            check(now);
            confirmPublished();
            lastConfirmation = now;
        }
    }

    /** Returns the problem that a standby kept the server from sending at the last check; null if none did. */
    @Nullable
    Problem problem() {
        return heldBack == null ? null : heldBackBy(heldBack);
    }

    /** Returns the problem that events wait for a standby, which its slot names. */
    static Problem heldBackBy(String slot) {
        return new Problem(
                FailureKind.RETRY,
                "Events are held back until the standbys of synchronized_standby_slots have their commits: slot "
                        + slot,
                "Bring the standby back, or take its slot out: ALTER SYSTEM SET synchronized_standby_slots = '...';"
                        + " SELECT pg_reload_conf();");
    }

    /** Confirms the position that Kafka has, at once; returns it. */
    Lsn confirmPublished() {
        Lsn position = confirmable();
        stream.confirm(position);
        tracker.noteConfirmed(position);
        return position;
    }

    /**
     * Returns the published position, but none beyond where a successor would resume: a slot beyond that looks as if an operator had
     * advanced it; and none beyond events that wait for their topic. Transactions without events are published without Kafka's knowing of them.
     */
    Lsn confirmable() {
        return upTo(ResumePoint::settled);
    }

    /** Returns the same position for the types of which events do not wait. */
    private Lsn reached() {
        return upTo(ResumePoint::through);
    }

    private Lsn upTo(Function<ResumePoint, Lsn> extent) {
        Lsn published = tracker.progress().published();
        ResumePoint resume = publisher.resumePoint();
        Lsn recorded = resume == null ? tracker.progress().confirmed() : extent.apply(resume);
        return published.isAfter(recorded) ? recorded : published;
    }

    /**
     * Asks the server now and then about the publication and the slot, through the other connection: this also notices that the
     * server is shutting down, cut off or no longer streaming, which the stream alone does not.
     */
    private void check(long now) {
        // The position is taken before the publication is checked: the check answers for everything up to it.
        Lsn server = stream.serverPosition();
        boolean far = tracker.isIdle() && server.bytesSince(reached()) >= IDLE_BYTES;
        if (now - lastCheck < CHECK_NANOS && !far) {
            return;
        }
        stream.requirePublication();
        statistics.setSlot(stream.slotStatus());
        heldBack = stream.heldBack();
        lastCheck = now;
        if (tracker.isIdle() && server.isAfter(reached())) {
            // As with a transaction without events, a successor has to know of it before PostgreSQL lets the WAL go.
            PendingTransaction nothing = tracker.begin();
            nothing.addNothing();
            Lsn received = tracker.progress().received();
            tracker.end(server.isAfter(received) ? server : received);
            publisher.publishNothing(nothing.whenPublished());
        }
    }
}
