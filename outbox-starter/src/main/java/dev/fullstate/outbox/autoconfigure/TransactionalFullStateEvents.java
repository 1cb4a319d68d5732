package dev.fullstate.outbox.autoconfigure;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

import jakarta.persistence.EntityManager;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;
import org.springframework.orm.jpa.EntityManagerFactoryUtils;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.ClassUtils;

import dev.fullstate.outbox.FullStateEvents;
import dev.fullstate.outbox.aggregate.Aggregate;

/** Marks aggregates in the session of Spring's current transaction. */
final class TransactionalFullStateEvents implements FullStateEvents {

    private final PersistenceUnits units;

    TransactionalFullStateEvents(PersistenceUnits units) {
        this.units = units;
    }

    @Override
    public void markChanged(Class<?> type, Collection<?> ids) {
        boolean captured = false;
        for (CapturedUnit unit : units.captured()) {
            EntityPersister entity = unit.entity(type);
            Aggregate aggregate = entity == null ? null : unit.aggregates().rootedAt(entity);
            if (aggregate != null) {
                captured = true;
                requireIds(aggregate, ids);
                SharedSessionContractImplementor session = currentSession(unit);
                if (session != null) {
                    unit.capture().markChanged(session, aggregate, ids);
                    return;
                }
            }
        }
        throw captured ? noTransaction(type) : notARoot(type);
    }

    /** Returns the session of the current transaction, if it belongs to this unit's entity manager factory; otherwise null. */
    private static @Nullable SharedSessionContractImplementor currentSession(CapturedUnit unit) {
        if (!TransactionSynchronizationManager.isActualTransactionActive()) {
            return null;
        }
        EntityManager entityManager =
                EntityManagerFactoryUtils.getTransactionalEntityManager(unit.entityManagerFactory());
        if (entityManager == null) {
            return null;
        }
        SharedSessionContractImplementor session = entityManager.unwrap(SharedSessionContractImplementor.class);
        return session.isTransactionInProgress() ? session : null;
    }

    private static void requireIds(Aggregate aggregate, Collection<?> ids) {
        Class<?> idType = ClassUtils.resolvePrimitiveIfNecessary(
                aggregate.root().getIdentifierType().getReturnedClass());
        for (Object id : ids) {
            if (!idType.isInstance(id)) {
                throw new IllegalArgumentException("The id " + id + " of type "
                        + (id == null ? "null" : id.getClass().getName()) + " cannot be the id of a "
                        + aggregate.root().getEntityName() + ", whose ids are of type " + idType.getName()
                        + ", so none of these aggregates is marked as changed. Pass ids of that type");
            }
        }
    }

    private static IllegalStateException noTransaction(Class<?> type) {
        return new IllegalStateException("There is no transaction in which a " + type.getName()
                + " could be marked as changed: its event has to be written together with the change. Call markChanged"
                + " in the transaction that runs the SQL, which has to be one of the entity manager factory that "
                + type.getName() + " belongs to");
    }

    private IllegalArgumentException notARoot(Class<?> type) {
        List<String> roots = new ArrayList<>();
        List<Aggregate> reached = new ArrayList<>();
        for (CapturedUnit unit : units.captured()) {
            unit.aggregates()
                    .all()
                    .forEach(aggregate -> roots.add(aggregate.root().getEntityName()));
            EntityPersister entity = unit.entity(type);
            if (entity != null) {
                reached.addAll(unit.aggregates().reachedFrom(entity));
            }
        }
        return new IllegalArgumentException(type.getName()
                + " cannot be marked as changed, because it is not the root of a captured aggregate. "
                + (reached.isEmpty()
                        ? "Captured are " + roots
                        : "Its rows belong to aggregates of " + reached + ": pass the class and the id of their root"));
    }
}
