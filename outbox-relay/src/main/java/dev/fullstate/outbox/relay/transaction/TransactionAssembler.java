package dev.fullstate.outbox.relay.transaction;

import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.pgoutput.Message;
import dev.fullstate.outbox.relay.pgoutput.Message.Begin;
import dev.fullstate.outbox.relay.pgoutput.Message.Commit;
import dev.fullstate.outbox.relay.pgoutput.Message.Insert;
import dev.fullstate.outbox.relay.pgoutput.Message.Relation;
import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.position.Position;

/**
 * Turns the messages of one stream into transactions.
 *
 * <p>Nothing is held back: the server sends only what has committed, so each event goes on as it arrives, and the size of a
 * transaction does not matter. Belongs to one stream and one thread; relations are those that the stream announced.
 */
public final class TransactionAssembler {

    private final TransactionSink sink;
    /** By the relation's number, as it was announced last. */
    private final Map<Integer, Announced> relations = new HashMap<>();
    /** The transaction that is received in part; null between transactions. */
    private @Nullable Lsn commitLsn;
    /** Of that transaction; meaningless between transactions. */
    private int xid;
    /** Of the next row in that transaction, counting also rows that the sink does not take. */
    private long index;

    public TransactionAssembler(TransactionSink sink) {
        this.sink = sink;
    }

    /**
     * Takes the stream's next message.
     *
     * @throws OutOfStepException if the message cannot come here: the stream must be started again
     */
    public void accept(Message message) {
        if (message instanceof Insert insert) {
            insert(insert);
        } else if (message instanceof Begin begin) {
            begin(begin);
        } else if (message instanceof Commit commit) {
            commit(commit);
        } else if (message instanceof Relation relation) {
            relations.put(relation.oid(), new Announced(new RowLayout(relation)));
        }
        // Anything else carries no inserted row.
    }

    private void begin(Begin begin) {
        if (commitLsn != null) {
            throw new OutOfStepException(
                    "Transaction " + begin.commitLsn() + " begins inside transaction " + commitLsn);
        }
        commitLsn = begin.commitLsn();
        xid = begin.xid();
        index = 0;
        sink.begin();
    }

    private void insert(Insert insert) {
        Announced announced = relations.get(insert.relationOid());
        if (commitLsn == null || announced == null) {
            throw new OutOfStepException("A row of relation " + insert.relationOid() + " came "
                    + (announced == null ? "before its relation" : "outside of a transaction"));
        }
        // Counted in any case: the decision to take a row may change after a restart, which must not move the
        // positions.
        Position position = new Position(commitLsn, index++);
        if (announced.isTaken(sink)) {
            sink.row(announced.layout.row(position, xid, insert.tuple()));
        }
    }

    private void commit(Commit commit) {
        if (!commit.commitLsn().equals(commitLsn)) {
            throw new OutOfStepException("Commit of transaction " + commit.commitLsn()
                    + " came, but the open transaction is " + (commitLsn == null ? "none" : commitLsn));
        }
        commitLsn = null;
        sink.end(commit.endLsn(), commit.committedAt());
    }

    /** A relation as it was announced last. */
    private static final class Announced {

        private final RowLayout layout;
        /** Whether the sink takes its rows; null until it is asked, with the first row. */
        private @Nullable Boolean taken;

        private Announced(RowLayout layout) {
            this.layout = layout;
        }

        private boolean isTaken(TransactionSink sink) {
            if (taken == null) {
                taken = sink.isOfOutbox(layout.relation());
            }
            return taken;
        }
    }
}
