package dev.fullstate.outbox.capture;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

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
import dev.fullstate.outbox.rows.RootTable.LockedRow;

/** Locks roots whose version Hibernate has not raised, by raising it in SQL (docs/adr/0002). */
final class RootLock {

    private final SharedSessionContractImplementor session;

    RootLock(SharedSessionContractImplementor session) {
        this.session = session;
    }

    /**
     * Locks the rows of roots, one after the other in the given order, and waits for the transactions that hold them.
     *
     * @param changes of one type of aggregate
     * @return the roots that have a row; SQL or another transaction may have deleted it
     */
    Set<RootChange> acquire(Aggregate aggregate, List<RootChange> changes) {
        EntityPersister root = aggregate.root();
        Map<Object, RootChange> byId = new HashMap<>();
        for (RootChange change : changes) {
            change.idsInMemory().forEach(id -> lockCached(root, id));
            byId.put(change.id(), change);
        }
        Set<RootChange> locked = new HashSet<>();
        List<Object> ids = changes.stream().map(RootChange::id).toList();
        for (LockedRow row : aggregate.table().raiseVersions(session, ids)) {
            RootChange change = Objects.requireNonNull(byId.get(row.id()));
            if (session instanceof Session) {
                change.idsInMemory().forEach(id -> tellSession(root, id, row.version()));
            }
            locked.add(change);
        }
        return locked;
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
