package dev.fullstate.outbox.capture;

import java.util.List;

import org.hibernate.CacheMode;
import org.hibernate.FlushMode;
import org.hibernate.Session;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.aggregate.OwnerLink;

/**
 * A persistence context of its own on the connection of a session, opened when first needed: it sees what the transaction
 * has written, not what the session has in memory or in a cache.
 */
final class FreshSession implements AutoCloseable {

    private final SharedSessionContractImplementor session;
    private @Nullable Session fresh;

    FreshSession(SharedSessionContractImplementor session) {
        this.session = session;
    }

    @Nullable
    Object find(EntityPersister entity, Object id) {
        return open().find(entity.getMappedClass(), id);
    }

    /** The ids of those that own this part. */
    List<Object> ownersOf(PartChange part, OwnerLink link) {
        return open().createSelectionQuery(
                        "select id(o) from " + link.owner().getEntityName() + " o join o." + link.attributePath()
                                + " p where id(p) = :part",
                        Object.class)
                .setParameter("part", part.id())
                .getResultList();
    }

    private Session open() {
        if (fresh == null) {
            fresh = session.sessionWithOptions()
                    .connection()
                    .flushMode(FlushMode.MANUAL)
                    .initialCacheMode(CacheMode.IGNORE)
                    .open();
        }
        return fresh;
    }

    @Override
    public void close() {
        if (fresh != null) {
            fresh.close();
        }
    }
}
