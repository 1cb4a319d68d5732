package dev.fullstate.outbox.capture;

import java.util.function.BiConsumer;

import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.resource.transaction.spi.TransactionCoordinator;
import org.hibernate.resource.transaction.spi.TransactionCoordinator.TransactionDriver;
import org.hibernate.resource.transaction.spi.TransactionObserver;
import org.hibernate.resource.transaction.spi.TransactionStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A transaction with marks, from its first mark to its end. The object observes the coordinator of the session's transactions
 * instead of queueing callbacks on the session: a rollback leaves callbacks before completion in their queue, and Hibernate would
 * run them at the commit of the session's next transaction (docs/adr/0017).
 */
final class MarkedTransaction implements TransactionObserver {

    private static final Logger log = LoggerFactory.getLogger(MarkedTransaction.class);

    private final SharedSessionContractImplementor session;
    private final TransactionChanges changes;
    private final BiConsumer<SharedSessionContractImplementor, TransactionChanges> beforeCommit;
    private final Runnable atEnd;

    /**
     * Begins with the first mark.
     *
     * @param session that the transaction belongs to; other sessions may share it
     * @param atEnd is run when the transaction has ended and the marks are of no use any more
     */
    MarkedTransaction(
            SharedSessionContractImplementor session,
            TransactionChanges changes,
            BiConsumer<SharedSessionContractImplementor, TransactionChanges> beforeCommit,
            Runnable atEnd) {
        this.session = session;
        this.changes = changes;
        this.beforeCommit = beforeCommit;
        this.atEnd = atEnd;
        session.getTransactionCoordinator().addObserver(this);
    }

    TransactionChanges changes() {
        return changes;
    }

    /**
     * Ends the marks late: the observers never heard of the end of their transaction, because its rollback failed, as on a lost
     * connection.
     */
    @Override
    public void afterBegin() {
        end();
    }

    /**
     * Writes the events. Hibernate calls observers after the flush, its callbacks and local synchronizations, so what those write
     * is marked.
     */
    @Override
    public void beforeCompletion() {
        TransactionCoordinator coordinator = session.getTransactionCoordinator();
        TransactionDriver driver = coordinator.getTransactionDriverControl();
        // JTA's coordinator calls observers even if the flush has failed; that failure is the one to report.
        if (coordinator.getTransactionCoordinatorBuilder().isJta() && isLost(driver.getStatus())) {
            return;
        }
        changes.beginWriting();
        try {
            beforeCommit.accept(session, changes);
        } catch (RuntimeException | Error e) {
            driver.markRollbackOnly();
            throw e;
        }
    }

    private static boolean isLost(TransactionStatus status) {
        return status == TransactionStatus.MARKED_ROLLBACK
                || status == TransactionStatus.ROLLING_BACK
                || status == TransactionStatus.ROLLED_BACK;
    }

    @Override
    public void afterCompletion(boolean successful, boolean delayed) {
        end();
        if (successful && !changes.isBeingWritten()) {
            log.error(
                    "A transaction was committed without the events of {}, because an observer of its completion has written"
                            + " after the events. Republish these aggregates, and write before the transaction is completed",
                    changes.roots());
        }
    }

    private void end() {
        session.getTransactionCoordinator().removeObserver(this);
        atEnd.run();
    }
}
