package dev.fullstate.outbox.jobs;

import java.util.Set;

/**
 * A kind of job: how its slices are made, and what a chunk does.
 *
 * <p>A slice begins with the pass {@link Slice#COUNT}, in which the kind counts its aggregates and may divide it, goes through
 * passes that only the kind knows, and ends with {@link Slice#DONE}. Thread-safe: each worker calls it.
 */
public interface JobKind {

    /** {@return the name, as the column {@code kind} has it} */
    String name();

    /** {@return the name that messages give a job of this kind, in front of its id: {@code Republish job}} */
    String label();

    /** {@return the aggregate types that this instance knows} Another version of the application may know others. */
    Set<String> types();

    /**
     * Returns whether a slice in the pass {@link Slice#COUNT} cannot go on without the count: because counting is all that it is for, or
     * finds its aggregates.
     */
    boolean needsCount(Slice slice);

    /** Begins work on a slice, in the transaction that has locked it. */
    SliceWork open(LockedSlice slice);
}
