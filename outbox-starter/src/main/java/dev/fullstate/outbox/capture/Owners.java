package dev.fullstate.outbox.capture;

import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.proxy.HibernateProxy;
import org.hibernate.proxy.LazyInitializer;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.aggregate.OwnerLink;

/** Whom a part names as its owner. */
final class Owners {

    private Owners() {}

    /** The id of the owner that a part refers to in a state of it; null if it refers to none. */
    static @Nullable Object id(
            OwnerLink link,
            EntityPersister part,
            Object entity,
            Object @Nullable [] state,
            SharedSessionContractImplementor session) {
        OwnerLink.BackReference back = link.backReference();
        Object owner = back == null ? null : back.owner(part, entity, state);
        if (owner == null) {
            return null;
        }
        LazyInitializer proxy = HibernateProxy.extractLazyInitializer(owner);
        return proxy == null ? link.owner().getIdentifier(owner, session) : proxy.getInternalIdentifier();
    }
}
