package dev.fullstate.outbox.relay.transaction;

import java.time.Instant;

import dev.fullstate.outbox.relay.position.Lsn;

/** Receives transactions in the order of their commits, one after the other: begin, any number of events, end. */
public interface TransactionSink {

    void begin();

    void event(CommittedEvent event);

    /**
     * The transaction is complete.
     *
     * @param endLsn what may be confirmed once every event of the transaction is published
     * @param committedAt by the clock of the server
     */
    void end(Lsn endLsn, Instant committedAt);
}
