package dev.fullstate.outbox.aggregate;

import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.metamodel.mapping.PluralAttributeMapping;
import org.hibernate.persister.collection.CollectionPersister;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.proxy.HibernateProxy;
import org.hibernate.proxy.LazyInitializer;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.rows.PartTable;
import dev.fullstate.outbox.rows.StoredIds;

/**
 * The way from a part one step up to the entity that owns it, and the statements that the way needs.
 *
 * @param owner the entity with the owning attribute: a root or again a part
 * @param attributePath the owning attribute, dotted where it lies in an embeddable
 * @param backReference the part's association with the owner; null if the association has one direction only
 * @param refersToOthers whether the back-reference may be to an entity that is not an owner: to another subclass of what it refers to
 * @param sharesId whether the part has its owner's id, which then is the way
 * @param partIds the part's ids as they are stored; null if nothing asks for them, or if they cannot be read
 * @param table the row in which the part refers to its owner; null if no other transaction can change that unnoticed
 */
public record OwnerLink(
        EntityPersister owner,
        String attributePath,
        @Nullable AssociationPath backReference,
        boolean refersToOthers,
        boolean sharesId,
        @Nullable StoredIds partIds,
        @Nullable PartTable table) {

    /** Returns whether a part itself has its owner's id. */
    public boolean isKnownToPart() {
        return sharesId || (backReference != null && !refersToOthers);
    }

    /** Returns whether a collection is the owning attribute. */
    public boolean leadsThrough(CollectionPersister collection) {
        return owner.findByPath(attributePath) instanceof PluralAttributeMapping attribute
                && attribute.getCollectionDescriptor() == collection;
    }

    /**
     * Returns the id of the owner that a part refers to.
     *
     * @param entity the part's own entity
     * @param id of the part
     * @param part the entity, of which only the id is read
     * @param state the part's attributes at the time in question
     * @return null if the part refers to no owner, or if the owner is not known
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
        return found == null ? null : id(owner, found, session);
    }

    /** Returns the id of an entity, or of a proxy of it, which is not loaded for that. */
    public static Object id(EntityPersister entity, Object instance, SharedSessionContractImplementor session) {
        LazyInitializer proxy = HibernateProxy.extractLazyInitializer(instance);
        return proxy == null ? entity.getIdentifier(instance, session) : proxy.getInternalIdentifier();
    }
}
