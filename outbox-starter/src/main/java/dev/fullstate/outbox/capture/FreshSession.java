package dev.fullstate.outbox.capture;

import java.util.ArrayList;
import java.util.List;

import org.hibernate.CacheMode;
import org.hibernate.FlushMode;
import org.hibernate.Session;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.metamodel.mapping.internal.SingleAttributeIdentifierMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/**
 * A persistence context of its own on the connection of a session, opened when first needed: it sees what the transaction
 * has written, not what the session has in memory or in a cache.
 */
class FreshSession implements AutoCloseable {

    /** Collections of so many roots at a time are loaded with one query. */
    private static final int BATCH_SIZE = 64;

    /** Up to so many roots, queries for each are cheaper: batched ones Hibernate makes anew in each session. */
    private static final int FEW = 2;

    private final SharedSessionContractImplementor session;
    private @Nullable Session fresh;

    FreshSession(SharedSessionContractImplementor session) {
        this.session = session;
    }

    /** The entities with these ids, in this order; null where there is none. */
    List<? extends @Nullable Object> find(EntityPersister entity, List<Object> ids) {
        Session reading = open();
        if (ids.size() > FEW) {
            reading.setFetchBatchSize(BATCH_SIZE);
            return reading.findMultiple(entity.getMappedClass(), ids);
        }
        List<@Nullable Object> found = new ArrayList<>();
        ids.forEach(id -> found.add(reading.find(entity.getMappedClass(), id)));
        return found;
    }

    /** The ids of those that own this part. */
    List<Object> ownersOf(PartChange part) {
        // Hibernate does not compare an id that is not one attribute; it does compare the entity.
        boolean byId = part.part().getIdentifierMapping() instanceof SingleAttributeIdentifierMapping;
        Object key = byId ? part.id() : open().getReference(part.part().getEntityName(), part.id());
        return open().createSelectionQuery(
                        "select id(o) from " + part.link().owner().getEntityName() + " o join o."
                                + part.link().attributePath() + " p where " + (byId ? "id(p)" : "p") + " = :part",
                        Object.class)
                .setParameter("part", key)
                .getResultList();
    }

    /** Forgets what was read, to read it again. */
    void clear() {
        if (fresh != null) {
            fresh.clear();
        }
    }

    /**
     * Makes sure that whoever wrote the states only read them.
     *
     * @throws dev.fullstate.outbox.OutboxException where an entity is not as it was read; it names the entity
     */
    void requireUntouched() {
        if (fresh != null) {
            Untouched.require(fresh.unwrap(SessionImplementor.class).getPersistenceContextInternal());
        }
    }

    Session open() {
        if (fresh == null) {
            fresh = session.sessionWithOptions()
                    .connection()
                    .flushMode(FlushMode.MANUAL)
                    .initialCacheMode(CacheMode.IGNORE)
                    .open();
            // Also those that enable themselves: a filter would thin out the state.
            session.getFactory().getDefinedFilterNames().forEach(fresh::disableFilter);
        }
        return fresh;
    }

    @Override
    public void close() {
        if (fresh != null) {
            // In a transaction, closing may be put off until its end; what was read need not be kept so long.
            clear();
            fresh.close();
        }
    }
}
