package dev.fullstate.outbox.capture;

import java.util.OptionalLong;

import org.hibernate.Session;
import org.hibernate.cache.spi.access.EntityDataAccess;
import org.hibernate.cache.spi.access.SoftLock;
import org.hibernate.engine.spi.EntityEntry;
import org.hibernate.engine.spi.PersistenceContext;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.engine.spi.Status;
import org.hibernate.engine.spi.TransactionCompletionCallbacks.AfterCompletionCallback;
import org.hibernate.persister.entity.EntityPersister;

/** Locks roots whose version Hibernate has not raised, by raising it. */
final class RootLock {

    private final SharedSessionContractImplementor session;

    RootLock(SharedSessionContractImplementor session) {
        this.session = session;
    }

    /**
     * Waits for whoever holds the root's row, and holds it from then on.
     *
     * @return whether there is such a row; it may be gone, because SQL or another transaction has deleted it
     */
    boolean acquire(RootChange change) {
        EntityPersister root = change.aggregate().root();
        lockCached(root, change.id());
        OptionalLong version = change.aggregate().table().raiseVersion(session, change.id());
        if (version.isPresent() && session instanceof Session) {
            tellSession(root, change.id(), version.getAsLong());
        }
        return version.isPresent();
    }

    /** The session goes on with the new version, unless others have changed the aggregate since it was loaded. */
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

    /** Until the transaction has ended, nobody puts the old version into the second-level cache. */
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
