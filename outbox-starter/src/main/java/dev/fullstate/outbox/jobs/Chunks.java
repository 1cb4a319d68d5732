package dev.fullstate.outbox.jobs;

import java.sql.Connection;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.store.Outbox;

/**
 * Does the next chunk of any running job: one transaction that takes a slice, has the kind of job work on it, and notes how far it
 * came.
 *
 * <p>The note commits with what the kind has written, so a job that is killed goes on without a gap or a repeat (ADR 7).
 */
final class Chunks {

    private final Outbox outbox;
    private final Transactions transactions;
    private final JobKind kind;
    private final JobOptions options;

    Chunks(Outbox outbox, Transactions transactions, JobKind kind, JobOptions options) {
        this.outbox = outbox;
        this.transactions = transactions;
        this.kind = kind;
        this.options = options;
    }

    /** The result of looking for a chunk and doing it. */
    enum Outcome {
        /** There was nothing to do. */
        NOTHING,
        /** A chunk, and there may be more. */
        CHUNK,
        /** A chunk that has divided its slice. */
        DIVISION,
        /** The last chunk of a slice. */
        SLICE
    }

    /**
     * Does a chunk.
     *
     * @throws ChunkException if it fails
     * @throws org.springframework.dao.DataAccessException if the database cannot be queried for a slice
     */
    Outcome next() {
        AtomicReference<@Nullable LockedSlice> taken = new AtomicReference<>();
        try {
            return transactions.call(connection -> {
                Outbox here = outbox.on(connection);
                SliceTable slices = new SliceTable(here);
                Optional<Slice> next = slices.take(kind.name(), kind.types(), options.chunkSize());
                if (next.isEmpty()) {
                    return Outcome.NOTHING;
                }
                LockedSlice slice = locked(next.get(), connection, here);
                taken.set(slice);
                if (!slices.isRunning(next.get().job())) {
                    return Outcome.CHUNK;
                }
                if (with(slice, SliceWork::perform).equals(Slice.DONE)) {
                    return Outcome.SLICE;
                }
                return slice.isDivided() ? Outcome.DIVISION : Outcome.CHUNK;
            });
        } catch (RuntimeException e) {
            LockedSlice failed = taken.get();
            throw failed == null ? e : new ChunkException(failed.subject(), e);
        } catch (Error e) {
            LockedSlice failed = taken.get();
            if (failed == null) {
                throw e;
            }
            // The code of one aggregate, or a class that is missing: the next worker would take the same slice and end
            // too.
            throw new ChunkException(failed.subject(), new IllegalStateException(e.toString(), e));
        }
    }

    /** Has the aggregates of a chunk dealt with one by one, because not all of them can be dealt with. */
    void leaveOneByOne(Slice slice) {
        takeAgain(slice, locked -> doWith(locked, SliceWork::leaveOneByOne));
    }

    /** Does without the number of aggregates, which only shows how far the job is. */
    void skipCount(Slice slice) {
        takeAgain(slice, locked -> doWith(locked, SliceWork::skipCount));
    }

    /** Has an aggregate tried again, after others. */
    void postpone(Slice slice, String id) {
        takeAgain(slice, locked -> locked.postpone(id));
    }

    /** Gives an aggregate up. */
    void fail(Slice slice, String id, String error) {
        takeAgain(slice, locked -> locked.fail(id, error));
    }

    /** The failed chunk has let go of the slice; another instance that has it now, or had it, sees for itself. */
    private void takeAgain(Slice slice, Consumer<LockedSlice> work) {
        transactions.call(connection -> {
            Outbox here = outbox.on(connection);
            SliceTable slices = new SliceTable(here);
            if (slices.takeAgain(slice) && slices.isRunning(slice.job())) {
                work.accept(locked(slice, connection, here));
            }
            return slice;
        });
    }

    private LockedSlice locked(Slice slice, Connection connection, Outbox here) {
        return new LockedSlice(slice, connection, here, options.lockTimeout());
    }

    private <T> T with(LockedSlice slice, Function<SliceWork, T> work) {
        try (SliceWork opened = kind.open(slice)) {
            return work.apply(opened);
        }
    }

    private void doWith(LockedSlice slice, Consumer<SliceWork> work) {
        try (SliceWork opened = kind.open(slice)) {
            work.accept(opened);
        }
    }
}
