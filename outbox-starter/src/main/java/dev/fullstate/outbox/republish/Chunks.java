package dev.fullstate.outbox.republish;

import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

import jakarta.persistence.EntityManagerFactory;
import org.hibernate.CacheMode;
import org.hibernate.FlushMode;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.query.SelectionQuery;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.support.DataAccessUtils;
import org.springframework.dao.support.PersistenceExceptionTranslator;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.orm.jpa.EntityManagerFactoryInfo;
import org.springframework.orm.jpa.EntityManagerFactoryUtils;
import org.springframework.orm.jpa.JpaDialect;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.Assert;

import dev.fullstate.outbox.aggregate.Aggregate;
import dev.fullstate.outbox.aggregate.Aggregates;
import dev.fullstate.outbox.capture.AggregateChange;
import dev.fullstate.outbox.contract.Operation;
import dev.fullstate.outbox.contract.OutboxEvent;
import dev.fullstate.outbox.envelope.Envelope;
import dev.fullstate.outbox.republish.JobTable.Cursor;
import dev.fullstate.outbox.republish.JobTable.Pending;
import dev.fullstate.outbox.store.OutboxStore;

/**
 * Republishes a chunk in one READ COMMITTED transaction: locks the roots, reads their states, inserts their events, advances
 * the job's cursor.
 *
 * <p>The lock is the one that every change of an aggregate takes before its commit, so order of commit is order of states:
 * whoever commits later publishes later. Roots that live traffic holds are not waited for; they get a second pass, one per
 * transaction. The cursor commits with the events, so a job that is killed goes on without a gap or a repeat.
 */
final class Chunks {

    private final EntityManagerFactory entityManagerFactory;
    private final PersistenceExceptionTranslator exceptions;
    private final TransactionTemplate transaction;
    private final Aggregates aggregates;
    private final Envelope envelope;
    private final int chunkSize;
    private final Duration lockTimeout;

    Chunks(
            EntityManagerFactory entityManagerFactory,
            PlatformTransactionManager transactionManager,
            Aggregates aggregates,
            Envelope envelope,
            int chunkSize,
            Duration lockTimeout) {
        this.entityManagerFactory = entityManagerFactory;
        this.exceptions = exceptions(entityManagerFactory);
        this.transaction = new TransactionTemplate(transactionManager);
        this.transaction.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        this.transaction.setIsolationLevel(TransactionDefinition.ISOLATION_READ_COMMITTED);
        this.aggregates = aggregates;
        this.envelope = envelope;
        this.chunkSize = chunkSize;
        this.lockTimeout = lockTimeout;
    }

    /**
     * Does the job's next chunk; false if there is nothing to do here: it has ended, or another instance is at it.
     *
     * @throws org.springframework.dao.DataAccessException where the database fails; nothing of the chunk is written then
     * @throws dev.fullstate.outbox.OutboxException where a state cannot be published
     */
    boolean next(UUID job) {
        try {
            return inTransaction(job);
        } catch (RuntimeException e) {
            throw DataAccessUtils.translateIfNecessary(e, exceptions);
        }
    }

    private boolean inTransaction(UUID job) {
        return Boolean.TRUE.equals(transaction.execute(status -> {
            SessionImplementor session = session();
            Optional<Cursor> cursor = session.doReturningWork(
                    connection -> JobTable.on(connection).lock(job));
            cursor.ifPresent(at -> {
                if (at.pastLastType()) {
                    secondPass(session, job, at);
                } else {
                    firstPass(session, job, at);
                }
            });
            return cursor.isPresent();
        }));
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
        session.setFetchBatchSize(chunkSize);
        // Also those that enable themselves: a filter would thin out states, or hide whole aggregates.
        session.getFactory().getDefinedFilterNames().forEach(session::disableFilter);
        return session;
    }

    private void firstPass(SessionImplementor session, UUID job, Cursor cursor) {
        Aggregate aggregate = aggregate(cursor.aggregateType());
        List<Object> page = page(session, aggregate, cursor.lastId());
        List<Object> locked = aggregate.table().lockAvailable(session, page);
        int published = publish(session, job, aggregate, locked);

        Set<Object> done = new HashSet<>(locked);
        List<Pending> pending = page.stream()
                .filter(id -> !done.contains(id))
                .map(id -> new Pending(cursor.typeIndex(), aggregate.idText(id)))
                .toList();
        Cursor to = page.size() < chunkSize
                ? new Cursor(cursor.aggregateTypes(), cursor.typeIndex() + 1, null)
                : new Cursor(cursor.aggregateTypes(), cursor.typeIndex(), aggregate.idText(page.get(page.size() - 1)));
        session.doWork(connection -> JobTable.on(connection).advance(job, to, published, pending));
    }

    private void secondPass(SessionImplementor session, UUID job, Cursor cursor) {
        session.doWork(connection -> {
            JobTable jobs = JobTable.on(connection);
            Optional<Pending> pending = jobs.takePending(job);
            if (pending.isEmpty()) {
                jobs.end(job, RepublishJob.State.COMPLETED, null);
                return;
            }
            Aggregate aggregate =
                    aggregate(cursor.aggregateTypes().get(pending.get().typeIndex()));
            Object id = aggregate.parseId(pending.get().aggregateId());
            setLockTimeout(connection);
            List<Object> locked = aggregate.table().lockWaiting(session, List.of(id));
            jobs.pendingDone(job, publish(session, job, aggregate, locked) == 1);
        });
    }

    private void setLockTimeout(Connection connection) {
        JdbcClient.create(new SingleConnectionDataSource(connection, true))
                .sql("select set_config('lock_timeout', :timeout, true)")
                .param("timeout", lockTimeout.toMillis() + "ms")
                .query(String.class)
                .single();
    }

    private Aggregate aggregate(String type) {
        Aggregate aggregate = aggregates.ofType(type);
        Assert.state(aggregate != null, () -> "Aggregates of type '" + type + "' are not captured any more");
        return aggregate;
    }

    private List<Object> page(SessionImplementor session, Aggregate aggregate, @Nullable String after) {
        SelectionQuery<Object> query = session.createSelectionQuery(
                "select id(root) from " + aggregate.root().getEntityName() + " root "
                        + (after == null ? "" : "where id(root) > :after ") + "order by id(root)",
                Object.class);
        if (after != null) {
            query.setParameter("after", aggregate.parseId(after));
        }
        return query.setMaxResults(chunkSize).getResultList();
    }

    /** Reads and writes what is locked; returns how many events that are. */
    private int publish(SessionImplementor session, UUID job, Aggregate aggregate, List<Object> ids) {
        List<AggregateChange> states = new ArrayList<>();
        for (Object root : session.findMultiple(aggregate.root().getMappedClass(), ids)) {
            if (root != null) {
                Object id = aggregate.root().getIdentifier(root, session);
                states.add(new AggregateChange(
                        aggregate, aggregate.idText(id), Operation.UPDATE, root, aggregate.version(root)));
            }
        }
        List<OutboxEvent> events = envelope.republished(states, job);
        session.doWork(connection -> OutboxStore.append(connection, events));
        return events.size();
    }
}
