package dev.fullstate.outbox.aggregate;

import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.proxy.HibernateProxy;
import org.hibernate.proxy.LazyInitializer;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.rows.PartTable;
import dev.fullstate.outbox.rows.StoredIds;

/**
 * The way from a part one step up to the entity that owns it.
 *
 * @param owner the entity with the owning attribute: a root or again a part
 * @param attributePath the owning attribute, dotted where it lies in an embeddable
 * @param backReference the part's association to the owner; null if the association has one direction only
 * @param sharesId whether the part has the id of its owner, so that it needs nothing else to tell whose it is
 * @param partIds the part's ids as they are stored; null where they are not asked for, or cannot be
 * @param table where the part says whose it is; null where nobody can change that unnoticed
 */
public record OwnerLink(
        EntityPersister owner,
        String attributePath,
        @Nullable AssociationPath backReference,
        boolean sharesId,
        @Nullable StoredIds partIds,
        @Nullable PartTable table) {

    /** Whether a part by itself tells its owner. */
    public boolean isKnownToPart() {
        return sharesId || backReference != null;
    }

    /**
     * The id of the owner that a part refers to.
     *
     * @param entity the part's own entity
     * @param id of the part
     * @param part asked for its id only
     * @param state its attributes at the time in question
     * @return null if it refers to none, or that is not known
     */
    public @Nullable Object ownerId(
            EntityPersister entity,
            Object id,
            Object part,
            Object @Nullable [] state,
            SharedSessionContractImplementor session) {
        if (sharesId) {
            return id;
        }
        Object found = backReference == null ? null : backReference.read(entity, part, state);
        if (found == null) {
            return null;
        }
        LazyInitializer proxy = HibernateProxy.extractLazyInitializer(found);
        return proxy == null ? owner.getIdentifier(found, session) : proxy.getInternalIdentifier();
    }
}
