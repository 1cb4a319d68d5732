package dev.fullstate.outbox.capture;

import java.util.List;

import org.hibernate.engine.spi.SharedSessionContractImplementor;

/** Takes the changes of a transaction, inside that transaction, while the roots' rows are locked. */
@FunctionalInterface
public interface ChangeSink {

    /**
     * Writes the changes through the session's connection.
     *
     * @param changes at least one, each aggregate once, in the order in which their rows were locked
     * @throws RuntimeException to fail the transaction
     */
    void accept(SharedSessionContractImplementor session, List<AggregateChange> changes);
}
