package dev.fullstate.outbox.jobs;

/**
 * The work of a kind of job on one slice in one transaction. Each method notes in the {@link LockedSlice} how far it came, and that is
 * committed together with what it has written, or not at all.
 */
public interface SliceWork extends AutoCloseable {

    /**
     * Does a chunk.
     *
     * @return the pass that follows
     */
    String perform();

    /** Keeps the aggregates that the next chunk would have as items, to be dealt with one by one: some of them cannot be dealt with. */
    void leaveOneByOne();

    /** Leaves the pass {@link Slice#COUNT} without a count, where {@link JobKind#needsCount} allows it. */
    void skipCount();

    /** Ends before the transaction does. */
    @Override
    void close();
}
