package dev.fullstate.outbox.commit;

import org.hibernate.jpa.spi.JpaCompliance;
import org.hibernate.resource.jdbc.spi.JdbcSessionOwner;
import org.hibernate.resource.jdbc.spi.PhysicalConnectionHandlingMode;
import org.hibernate.resource.transaction.backend.jdbc.spi.JdbcResourceTransaction;
import org.hibernate.resource.transaction.backend.jdbc.spi.JdbcResourceTransactionAccess;
import org.hibernate.resource.transaction.spi.IsolationDelegate;
import org.hibernate.resource.transaction.spi.SynchronizationRegistry;
import org.hibernate.resource.transaction.spi.TransactionCoordinator;
import org.hibernate.resource.transaction.spi.TransactionCoordinatorBuilder;
import org.hibernate.resource.transaction.spi.TransactionCoordinatorOwner;
import org.hibernate.resource.transaction.spi.TransactionObserver;

/** Hibernate's coordinator of a session's transactions, on a connection whose commits can have a last statement. */
final class CommittingCoordinator implements TransactionCoordinator {

    private final TransactionCoordinator original;
    private final CommittingTransaction transaction;

    private CommittingCoordinator(TransactionCoordinator original, CommittingTransaction transaction) {
        this.original = original;
        this.transaction = transaction;
    }

    void commitWith(LastStatement statement) {
        transaction.commitWith(statement);
    }

    /**
     * Builds such coordinators; for owners that have no transaction of their own, the original ones.
     *
     * @param original Hibernate's builder of coordinators that commit by themselves
     */
    record Builder(TransactionCoordinatorBuilder original) implements TransactionCoordinatorBuilder {

        @Override
        public TransactionCoordinator buildTransactionCoordinator(TransactionCoordinatorOwner owner, Options options) {
            if (!(owner instanceof JdbcResourceTransactionAccess access)) {
                return original.buildTransactionCoordinator(owner, options);
            }
            CommittingTransaction transaction = new CommittingTransaction(access.getResourceLocalTransaction());
            return new CommittingCoordinator(
                    original.buildTransactionCoordinator(new Owner(owner, transaction), options), transaction);
        }

        @Override
        public boolean isJta() {
            return original.isJta();
        }

        @Override
        public PhysicalConnectionHandlingMode getDefaultConnectionHandlingMode() {
            return original.getDefaultConnectionHandlingMode();
        }
    }

    /** The session's side of the coordinator, with our transaction. */
    private record Owner(TransactionCoordinatorOwner original, CommittingTransaction transaction)
            implements TransactionCoordinatorOwner, JdbcResourceTransactionAccess {

        @Override
        public JdbcResourceTransaction getResourceLocalTransaction() {
            return transaction;
        }

        @Override
        public boolean isActive() {
            return original.isActive();
        }

        @Override
        public void startTransactionBoundary() {
            original.startTransactionBoundary();
        }

        @Override
        public void afterTransactionBegin() {
            original.afterTransactionBegin();
        }

        @Override
        public void beforeTransactionCompletion() {
            original.beforeTransactionCompletion();
        }

        @Override
        public void afterTransactionCompletion(boolean successful, boolean delayed) {
            original.afterTransactionCompletion(successful, delayed);
        }

        @Override
        public JdbcSessionOwner getJdbcSessionOwner() {
            return original.getJdbcSessionOwner();
        }

        @Override
        public void setTransactionTimeOut(int seconds) {
            original.setTransactionTimeOut(seconds);
        }

        @Override
        public void flushBeforeTransactionCompletion() {
            original.flushBeforeTransactionCompletion();
        }
    }

    @Override
    public TransactionCoordinatorBuilder getTransactionCoordinatorBuilder() {
        return original.getTransactionCoordinatorBuilder();
    }

    @Override
    public TransactionDriver getTransactionDriverControl() {
        return original.getTransactionDriverControl();
    }

    @Override
    public SynchronizationRegistry getLocalSynchronizations() {
        return original.getLocalSynchronizations();
    }

    @Override
    public JpaCompliance getJpaCompliance() {
        return original.getJpaCompliance();
    }

    @Override
    public void explicitJoin() {
        original.explicitJoin();
    }

    @Override
    public boolean isJoined() {
        return original.isJoined();
    }

    @Override
    public void pulse() {
        original.pulse();
    }

    @Override
    public boolean isActive() {
        return original.isActive();
    }

    @Override
    public IsolationDelegate createIsolationDelegate() {
        return original.createIsolationDelegate();
    }

    @Override
    public void addObserver(TransactionObserver observer) {
        original.addObserver(observer);
    }

    @Override
    public void removeObserver(TransactionObserver observer) {
        original.removeObserver(observer);
    }

    @Override
    public void setTimeOut(int seconds) {
        original.setTimeOut(seconds);
    }

    @Override
    public int getTimeOut() {
        return original.getTimeOut();
    }

    @Override
    public boolean isTransactionActive() {
        return original.isTransactionActive();
    }

    @Override
    public void invalidate() {
        original.invalidate();
    }
}
