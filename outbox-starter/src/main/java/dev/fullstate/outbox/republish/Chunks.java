package dev.fullstate.outbox.republish;

import java.sql.Connection;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;

import org.hibernate.engine.spi.SessionImplementor;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.republish.CapturedTypes.CapturedType;
import dev.fullstate.outbox.republish.Part.Pass;
import dev.fullstate.outbox.store.Outbox;
import dev.fullstate.outbox.store.OutboxStore;

/**
 * Does the next chunk of any running job: one transaction that takes a part, locks and reads roots, inserts their events, and
 * notes how far it came.
 *
 * <p>What is noted commits with the events, so a job that is killed goes on without a gap or a repeat.
 */
final class Chunks {

    private final Outbox outbox;
    private final Transactions transactions;
    private final CapturedTypes types;
    private final Republisher.Options options;

    Chunks(Outbox outbox, Transactions transactions, CapturedTypes types, Republisher.Options options) {
        this.outbox = outbox;
        this.transactions = transactions;
        this.types = types;
        this.options = options;
    }

    /** What has been done. */
    enum Outcome {
        /** There was nothing to do. */
        NOTHING,
        /** A chunk, and there may be more. */
        CHUNK,
        /** The last chunk of a part. */
        PART
    }

    /**
     * What a chunk was about when it failed.
     *
     * @param part the part
     * @param id the aggregate, where it was only one
     */
    record Subject(Part part, @Nullable String id) {}

    /** A chunk could not be done; nothing of it is written. */
    static final class ChunkException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final transient Subject subject;
        private final RuntimeException failure;

        private ChunkException(Subject subject, RuntimeException failure) {
            super(failure);
            this.subject = subject;
            this.failure = failure;
        }

        Subject subject() {
            return subject;
        }

        RuntimeException failure() {
            return failure;
        }
    }

    /**
     * Does a chunk.
     *
     * @throws ChunkException if it fails
     * @throws org.springframework.dao.DataAccessException if the database cannot be asked what is to be done
     */
    Outcome next() {
        AtomicReference<@Nullable Subject> subject = new AtomicReference<>();
        try {
            return transactions.call(connection -> {
                PartTable parts = PartTable.on(outbox, connection);
                Optional<Part> taken = parts.take(types.names(), options.chunkSize());
                if (taken.isEmpty()) {
                    return Outcome.NOTHING;
                }
                Part part = taken.get();
                subject.set(new Subject(part, null));
                if (!parts.isRunning(part.job())) {
                    return Outcome.CHUNK;
                }
                Pass next = with(
                        part, connection, chunk -> chunk.perform(options, id -> subject.set(new Subject(part, id))));
                return next == Pass.DONE ? Outcome.PART : Outcome.CHUNK;
            });
        } catch (RuntimeException e) {
            Subject failed = subject.get();
            throw failed == null ? e : new ChunkException(failed, e);
        }
    }

    /** Has the aggregates of a chunk dealt with one by one, because not all of them can be published. */
    void contend(Part part) {
        retake(part, Chunk::contendAll);
    }

    /** Has an aggregate tried again, after others. */
    void postpone(Part part, String id) {
        retake(part, chunk -> chunk.postpone(id));
    }

    /** Does without the number of all aggregates, which only says how far it is. */
    void skipCount(Part part) {
        retake(part, Chunk::skipCount);
    }

    /** Gives an aggregate up. */
    void fail(Part part, String id, String error) {
        retake(part, chunk -> chunk.fail(id, error));
    }

    /** The failed chunk has let go of the part; another instance that has it now, or had it, sees for itself. */
    private void retake(Part part, Consumer<Chunk> work) {
        transactions.call(connection -> {
            PartTable parts = PartTable.on(outbox, connection);
            return parts.takeAgain(part)
                    && parts.isRunning(part.job())
                    && with(part, connection, chunk -> {
                        work.accept(chunk);
                        return true;
                    });
        });
    }

    private <T> T with(Part part, Connection connection, Function<Chunk, T> work) {
        CapturedType type = types.get(part.aggregateType());
        try (SessionImplementor session = transactions.open(type.unit().sessionFactory(), connection)) {
            return work.apply(new Chunk(
                    part,
                    PartTable.on(outbox, connection),
                    ItemTable.on(outbox, connection, part),
                    new States(
                            session,
                            type.aggregate(),
                            type.reader(),
                            type.unit().envelope(),
                            new OutboxStore(outbox.names()),
                            part.job())));
        }
    }
}
