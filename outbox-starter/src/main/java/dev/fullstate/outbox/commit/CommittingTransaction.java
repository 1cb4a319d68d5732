package dev.fullstate.outbox.commit;

import org.hibernate.resource.transaction.backend.jdbc.spi.JdbcResourceTransaction;
import org.hibernate.resource.transaction.spi.TransactionStatus;
import org.jspecify.annotations.Nullable;

/** A session's transaction on its connection, which commits together with a last statement if it has one. */
final class CommittingTransaction implements JdbcResourceTransaction {

    private final JdbcResourceTransaction original;

    /** Null from the end of a transaction until the completion of the next one. */
    private @Nullable LastStatement last;

    CommittingTransaction(JdbcResourceTransaction original) {
        this.original = original;
    }

    void commitWith(LastStatement statement) {
        this.last = statement;
    }

    @Override
    public void begin() {
        last = null;
        original.begin();
    }

    @Override
    public void commit() {
        LastStatement statement = last;
        last = null;
        if (statement != null) {
            execute(statement);
        }
        // Sends nothing if the statement has committed.
        original.commit();
    }

    private void execute(LastStatement statement) {
        try {
            statement.executeAndCommit();
        } catch (RuntimeException | Error e) {
            try {
                original.rollback();
            } catch (RuntimeException failed) {
                e.addSuppressed(failed);
            }
            throw e;
        }
    }

    @Override
    public void rollback() {
        last = null;
        original.rollback();
    }

    @Override
    public TransactionStatus getStatus() {
        return original.getStatus();
    }

    @Override
    public void markRollbackOnly() {
        original.markRollbackOnly();
    }
}
