package dev.fullstate.outbox.capture;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.hibernate.Session;
import org.hibernate.cache.spi.access.EntityDataAccess;
import org.hibernate.cache.spi.access.SoftLock;
import org.hibernate.engine.spi.EntityEntry;
import org.hibernate.engine.spi.PersistenceContext;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.engine.spi.Status;
import org.hibernate.engine.spi.TransactionCompletionCallbacks.AfterCompletionCallback;
import org.hibernate.persister.entity.EntityPersister;

import dev.fullstate.outbox.aggregate.Aggregate;
import dev.fullstate.outbox.session.RoundTrip;

/** Locks roots whose version Hibernate has not raised, by raising it in SQL (docs/adr/0002). */
final class RootLock {

    private final SharedSessionContractImplementor session;

    RootLock(SharedSessionContractImplementor session) {
        this.session = session;
    }

    /**
     * Locks the rows of roots, one after the other in the given order, and waits for the transactions that hold them.
     *
     * @param trip that is sent afterwards; then each change knows whether its root has a row, which SQL or another transaction may
     *     have deleted
     * @param changes of one type of aggregate
     */
    void acquire(RoundTrip trip, Aggregate aggregate, List<RootChange> changes) {
        EntityPersister root = aggregate.root();
        Map<Object, RootChange> byId = new HashMap<>();
        for (RootChange change : changes) {
            change.idsInMemory().forEach(id -> lockCached(root, id));
            byId.put(change.id(), change);
        }
        List<Object> ids = changes.stream().map(RootChange::id).toList();
        aggregate.table().raiseVersions(trip, session, ids, (id, version) -> {
            RootChange change = Objects.requireNonNull(byId.get(id));
            change.locked(version != null);
            if (version != null && session instanceof Session) {
                change.idsInMemory().forEach(inMemory -> tellSession(root, inMemory, version));
            }
        });
    }

    /**
     * Gives the session's entity the new version, unless another transaction has changed the aggregate since the session loaded
     * it.
     */
    private void tellSession(EntityPersister root, Object id, long version) {
        PersistenceContext context = session.getPersistenceContextInternal();
        Object entity = context.getEntity(session.generateEntityKey(id, root));
        EntityEntry entry = entity == null ? null : context.getEntry(entity);
        if (entity != null
                && entry != null
                && root.isMutable()
                && entry.getStatus() == Status.MANAGED
                && entry.getLoadedState() != null
                && ((Number) entry.getVersion()).longValue() + 1 == version) {
            entry.forceLocked(entity, root.getVersionJavaType().next(entry.getVersion(), null, null, null, session));
        }
    }

    /** Keeps the old version out of the second-level cache until the transaction has ended. */
    private void lockCached(EntityPersister root, Object id) {
        EntityDataAccess cache = root.canWriteToCache() ? root.getCacheAccessStrategy() : null;
        if (cache != null) {
            Object key = cache.generateCacheKey(id, root, session.getFactory(), session.getTenantIdentifier());
            SoftLock lock = cache.lockItem(session, key, null);
            session.getTransactionCompletionCallbacks().registerCallback((AfterCompletionCallback)
                    (success, completed) -> cache.unlockItem(completed, key, lock));
        }
    }
}
