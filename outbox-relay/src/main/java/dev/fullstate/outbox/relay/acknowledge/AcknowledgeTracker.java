package dev.fullstate.outbox.relay.acknowledge;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.position.Progress;

/**
 * Follows the transactions of one stream until Kafka has them, and keeps the positions in order: confirmed &lt;= published
 * &lt;= received at every update, or an {@link IllegalStateException}.
 *
 * <p>Transactions end in the order of their commits, sends complete in any; a transaction counts as published only once all
 * before it are. Used by the loop alone, except {@link PendingTransaction#published()}.
 */
public final class AcknowledgeTracker {

    private final Deque<PendingTransaction> pending = new ArrayDeque<>();
    private final AcknowledgeListener listener;
    private @Nullable PendingTransaction open;
    private Progress progress;
    private long completeCount;
    private long publishedCount;
    private long confirmedCount;

    /**
     * @param start what is confirmed already
     */
    public AcknowledgeTracker(Lsn start, AcknowledgeListener listener) {
        this.listener = listener;
        this.progress = Progress.at(start);
    }

    /** A transaction begins to come in. */
    public PendingTransaction begin() {
        if (open != null) {
            throw new IllegalStateException("A transaction is open already");
        }
        open = new PendingTransaction();
        pending.addLast(open);
        return open;
    }

    /** The transaction that is coming in is complete, and was committed at that time. */
    public void end(Lsn endLsn, Instant committedAt) {
        if (open != null) {
            open.committedAt(committedAt);
        }
        end(endLsn);
    }

    /** The transaction that is coming in is complete. */
    public void end(Lsn endLsn) {
        if (open == null) {
            throw new IllegalStateException("The end of a transaction at " + endLsn + " came, but none is open");
        }
        if (progress.received().isAfter(endLsn)) {
            throw new IllegalStateException("The transaction that ends at " + endLsn + " came after everything up to "
                    + progress.received() + " had been received");
        }
        open.end(endLsn);
        if (open.isEmpty() && pending.size() > 1) {
            // Nothing to wait for but its predecessor; servers before 15 send a great many of these.
            pending.removeLast();
            pending.getLast().end(endLsn);
        }
        open = null;
        progress = new Progress(endLsn, progress.published(), progress.confirmed());
    }

    /** Takes what has been published since the last call into account. */
    public Progress advance() {
        Lsn published = progress.published();
        for (PendingTransaction next = pending.peekFirst(); next != null; next = pending.peekFirst()) {
            Lsn end = next.publishedEnd();
            if (end == null) {
                break;
            }
            published = end;
            pending.removeFirst();
            complete(next);
        }
        count();
        if (!published.equals(progress.published())) {
            progress = new Progress(progress.received(), published, progress.confirmed());
        }
        return progress;
    }

    private void complete(PendingTransaction transaction) {
        completeCount += transaction.publishedCount();
        Instant committedAt = transaction.committedAt();
        if (committedAt != null) {
            listener.transactionPublished(committedAt);
        }
    }

    private void count() {
        PendingTransaction next = pending.peekFirst();
        long count = completeCount + (next == null ? 0 : next.publishedCount());
        if (count > publishedCount) {
            listener.published(count - publishedCount);
            publishedCount = count;
        }
    }

    /** Whether a transaction has come in by half. */
    public boolean isInsideTransaction() {
        return open != null;
    }

    /** Whether everything received is published, and no transaction has come in by half. */
    public boolean isIdle() {
        return pending.isEmpty();
    }

    /** PostgreSQL has been told; a position before the confirmed one changes nothing. */
    public void confirmed(Lsn lsn) {
        if (lsn.isAfter(progress.confirmed())) {
            progress = new Progress(progress.received(), progress.published(), lsn);
            // What is published beyond the position has no events.
            listener.confirmed(completeCount - confirmedCount);
            confirmedCount = completeCount;
        }
    }

    public Progress progress() {
        return progress;
    }
}
