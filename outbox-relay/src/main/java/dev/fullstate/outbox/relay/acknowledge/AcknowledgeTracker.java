package dev.fullstate.outbox.relay.acknowledge;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.position.Progress;

/**
 * Follows the transactions of one stream from received to published to confirmed, and keeps the positions in order: confirmed &lt;= published
 * &lt;= received at every update, or an {@link IllegalStateException}.
 *
 * <p>Transactions are received in the order of their commits and published in any; one counts as published only when all before it do. Used by
 * the loop alone, except {@link PendingTransaction#whenPublished()}.
 */
public final class AcknowledgeTracker {

    /** Received and not published, in the order of commits; only the last may be received in part, and then is {@code open}. */
    private final Deque<PendingTransaction> pending = new ArrayDeque<>();

    private final AcknowledgeListener listener;
    /** The transaction whose end is not received: the last that is pending, or null. */
    private @Nullable PendingTransaction open;
    /** Each of its positions only rises; {@code published} is the end of the last transaction that is not pending any more. */
    private Progress progress;
    /** Events before {@code progress.published()}. */
    private long publishedCount;
    /** Events that the listener knows to be published: also those of the first pending transaction, so never below the count before. */
    private long reportedCount;
    /** Events before {@code progress.confirmed()}; never above {@code publishedCount}. */
    private long confirmedCount;

    /**
     * @param start the position that is already confirmed
     */
    public AcknowledgeTracker(Lsn start, AcknowledgeListener listener) {
        this.listener = listener;
        this.progress = Progress.at(start);
    }

    /** Begins a transaction that is being received. */
    public PendingTransaction begin() {
        if (open != null) {
            throw new IllegalStateException("A transaction is open already");
        }
        open = new PendingTransaction();
        pending.addLast(open);
        return open;
    }

    /** Ends the transaction that is being received, which was committed at that time. */
    public void end(Lsn endLsn, Instant committedAt) {
        requireOpen(endLsn).end(endLsn, committedAt);
        receive(endLsn);
    }

    /** Ends the transaction that is being received. */
    public void end(Lsn endLsn) {
        requireOpen(endLsn).end(endLsn);
        receive(endLsn);
    }

    private PendingTransaction requireOpen(Lsn endLsn) {
        PendingTransaction ended = open;
        if (ended == null) {
            throw new IllegalStateException("The end of a transaction at " + endLsn + " came, but none is open");
        }
        if (progress.received().isAfter(endLsn)) {
            throw new IllegalStateException("The transaction that ends at " + endLsn + " came after everything up to "
                    + progress.received() + " had been received");
        }
        return ended;
    }

    private void receive(Lsn endLsn) {
        if (pending.getLast().isEmpty() && pending.size() > 1) {
            // Nothing to wait for but its predecessor; servers before 15 send a great many of these.
            pending.removeLast();
            pending.getLast().end(endLsn);
        }
        open = null;
        progress = new Progress(endLsn, progress.published(), progress.confirmed());
    }

    /** Takes account of what has been published since the last call. */
    public Progress advance() {
        Lsn published = progress.published();
        for (PendingTransaction next = pending.peekFirst(); next != null; next = pending.peekFirst()) {
            Lsn end = next.publishedEnd();
            if (end == null) {
                break;
            }
            published = end;
            pending.removeFirst();
            count(next);
        }
        report();
        if (!published.equals(progress.published())) {
            progress = new Progress(progress.received(), published, progress.confirmed());
        }
        return progress;
    }

    private void count(PendingTransaction published) {
        publishedCount += published.publishedCount();
        Instant committedAt = published.committedAt();
        if (committedAt != null) {
            listener.transactionPublished(committedAt);
        }
    }

    private void report() {
        PendingTransaction next = pending.peekFirst();
        long count = publishedCount + (next == null ? 0 : next.publishedCount());
        if (count > reportedCount) {
            listener.published(count - reportedCount);
            reportedCount = count;
        }
    }

    /** {@return whether a transaction is partly received} */
    public boolean isInsideTransaction() {
        return open != null;
    }

    /** {@return whether everything received is published, and no transaction is partly received} */
    public boolean isIdle() {
        return pending.isEmpty();
    }

    /** Takes note of what PostgreSQL has been told; a position before the confirmed one changes nothing. */
    public void noteConfirmed(Lsn lsn) {
        if (lsn.isAfter(progress.confirmed())) {
            progress = new Progress(progress.received(), progress.published(), lsn);
            // Everything that is published beyond the position is without events.
            listener.confirmed(publishedCount - confirmedCount);
            confirmedCount = publishedCount;
        }
    }

    public Progress progress() {
        return progress;
    }
}
