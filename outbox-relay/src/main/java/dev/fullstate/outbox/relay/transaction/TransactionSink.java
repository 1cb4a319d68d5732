package dev.fullstate.outbox.relay.transaction;

import java.time.Instant;

import dev.fullstate.outbox.relay.pgoutput.Message.Relation;
import dev.fullstate.outbox.relay.position.Lsn;

/** Receives transactions in the order of their commits, one after the other: begin, any number of rows, end. */
public interface TransactionSink {

    /** {@return whether the sink takes the rows of a relation; asked once, before the first row} */
    boolean isOfOutbox(Relation relation);

    void begin();

    void row(ReceivedRow row);

    /**
     * Ends the transaction: it is complete.
     *
     * @param endLsn what may be confirmed once every event of the transaction is published
     * @param committedAt by the clock of the server
     */
    void end(Lsn endLsn, Instant committedAt);
}
