package dev.fullstate.outbox.jobs;

import java.sql.Connection;
import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.store.Outbox;

/** A slice that a transaction has locked, for as long as this transaction lasts. Not thread-safe. */
public final class LockedSlice {

    private final Slice slice;
    private final Connection connection;
    private final Outbox outbox;
    private final SliceTable slices;
    private final Items items;
    private final Duration lockTimeout;
    /** Set at most once: from then on the transaction is about this aggregate only, and so is its failure. */
    private @Nullable String singledOut;
    /** Set at most once. */
    private boolean divided;

    LockedSlice(Slice slice, Connection connection, Outbox outbox, Duration lockTimeout) {
        this.slice = slice;
        this.connection = connection;
        this.outbox = outbox;
        this.slices = new SliceTable(outbox);
        this.items = new Items(outbox, slice);
        this.lockTimeout = lockTimeout;
    }

    /** Returns the slice as it was when it was locked. */
    public Slice slice() {
        return slice;
    }

    /** Returns the connection of the transaction. */
    public Connection connection() {
        return connection;
    }

    /** Returns the outbox, for statements in the transaction. */
    public Outbox outbox() {
        return outbox;
    }

    /** Returns the aggregates that the slice keeps to deal with later. */
    public Items items() {
        return items;
    }

    /**
     * Limits the rest of the transaction to one aggregate. Its lock is waited for as long as the options allow; if the
     * transaction fails, the aggregate is tried again after the others, or given up.
     *
     * @param id one of the {@link #items()}
     */
    public void singleOut(String id) {
        singledOut = id;
        slices.setLockTimeout(lockTimeout);
    }

    /** Notes how many aggregates the slice has. */
    public void counted(long total) {
        slices.counted(slice, total);
    }

    /**
     * Divides the slice at these ids. The aggregates after the first of these ids go to new slices.
     *
     * @param ends in the order of the ids; not empty
     * @param pass that the new slices begin with
     */
    public void divide(List<String> ends, String pass) {
        slices.divide(slice, ends, pass);
        divided = true;
    }

    /** {@return whether the transaction has made new slices of this one} */
    boolean isDivided() {
        return divided;
    }

    /** Notes what a chunk has done, and from where the next one goes on. */
    public void advance(Step step) {
        slices.advance(slice, step);
    }

    /**
     * Keeps every instance from taking the slice for a while.
     *
     * @param reason that the job shows as what it waits for
     */
    public void postpone(Duration delay, String reason) {
        slices.postpone(slice, delay, reason);
    }

    /** Tries an aggregate again after the others, because its lock could not be had. */
    void postpone(String id) {
        items.postpone(id);
        slices.advance(slice, Step.to(slice.pass()));
        slices.waiting(slice, "the lock of " + slice.aggregateType() + " " + id + ", which another transaction holds");
    }

    /** Gives an aggregate up. */
    void fail(String id, String error) {
        if (items.delete(List.of(id)) == 1) {
            slices.failed(slice, error);
            slices.advance(slice, new Step(slice.pass(), null, 0, -1, 0, 1));
        }
    }

    /** {@return the slice, or the aggregate of it, that the transaction is about by now} */
    Subject subject() {
        return new Subject(slice, singledOut);
    }
}
