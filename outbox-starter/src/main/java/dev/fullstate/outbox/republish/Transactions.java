package dev.fullstate.outbox.republish;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

import jakarta.persistence.EntityManagerFactory;
import org.hibernate.CacheMode;
import org.hibernate.FlushMode;
import org.hibernate.JDBCException;
import org.hibernate.engine.spi.SessionImplementor;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.support.DataAccessUtils;
import org.springframework.dao.support.PersistenceExceptionTranslator;
import org.springframework.orm.jpa.EntityManagerFactoryInfo;
import org.springframework.orm.jpa.EntityManagerFactoryUtils;
import org.springframework.orm.jpa.JpaDialect;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.Assert;

/** READ COMMITTED transactions of their own, with a session that reads what is in the database and writes nothing by itself. */
final class Transactions {

    private final EntityManagerFactory entityManagerFactory;
    private final PersistenceExceptionTranslator exceptions;
    private final TransactionTemplate template;
    private final int fetchBatchSize;
    private final Duration idleTimeout;

    Transactions(
            EntityManagerFactory entityManagerFactory,
            PlatformTransactionManager transactionManager,
            int fetchBatchSize,
            Duration idleTimeout) {
        this.entityManagerFactory = entityManagerFactory;
        this.exceptions = exceptions(entityManagerFactory);
        this.template = new TransactionTemplate(transactionManager);
        this.template.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        this.template.setIsolationLevel(TransactionDefinition.ISOLATION_READ_COMMITTED);
        this.fetchBatchSize = fetchBatchSize;
        this.idleTimeout = idleTimeout;
    }

    /**
     * Does the work in a transaction, and commits it.
     *
     * @throws org.springframework.dao.DataAccessException where the database fails; nothing is written then
     */
    <T> T call(Function<SessionImplementor, T> work) {
        AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
        try {
            T result = template.execute(status -> noting(failure, work));
            Assert.state(result != null, "A transaction without a result");
            return result;
        } catch (RuntimeException e) {
            RuntimeException first = failure.get();
            if (first != null && first != e) {
                // The rollback failed as well, as it does where the connection is gone. Why that is, the first one
                // knows.
                first.addSuppressed(e);
            }
            throw DataAccessUtils.translateIfNecessary(failureOfTheDatabase(first == null ? e : first), exceptions);
        }
    }

    private <T> T noting(AtomicReference<@Nullable RuntimeException> failure, Function<SessionImplementor, T> work) {
        try {
            return work.apply(session());
        } catch (RuntimeException e) {
            failure.set(e);
            throw e;
        }
    }

    /** Parts are read while a state is written, so what looks like a state that cannot be written may be a lost connection. */
    private static RuntimeException failureOfTheDatabase(RuntimeException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof JDBCException database) {
                return database;
            }
        }
        return failure;
    }

    private static PersistenceExceptionTranslator exceptions(EntityManagerFactory entityManagerFactory) {
        JpaDialect dialect =
                entityManagerFactory instanceof EntityManagerFactoryInfo info ? info.getJpaDialect() : null;
        return dialect == null ? EntityManagerFactoryUtils::convertJpaAccessExceptionIfPossible : dialect;
    }

    private SessionImplementor session() {
        var entityManager = EntityManagerFactoryUtils.getTransactionalEntityManager(entityManagerFactory);
        Assert.state(entityManager != null, "No entity manager in the transaction of a chunk");
        SessionImplementor session = entityManager.unwrap(SessionImplementor.class);
        session.setHibernateFlushMode(FlushMode.MANUAL);
        session.setCacheMode(CacheMode.IGNORE);
        session.setFetchBatchSize(fetchBatchSize);
        // Also those that enable themselves: a filter would thin out states, or hide whole aggregates.
        session.getFactory().getDefinedFilterNames().forEach(session::disableFilter);
        session.doWork(this::limitSilence);
        return session;
    }

    /**
     * Whoever goes silent in the middle of a transaction loses it. A host that is gone closes no connection, and without this
     * what it has locked would stay so until TCP gives up, after hours by default.
     */
    private void limitSilence(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("set local idle_in_transaction_session_timeout = " + idleTimeout.toMillis());
        }
    }
}
