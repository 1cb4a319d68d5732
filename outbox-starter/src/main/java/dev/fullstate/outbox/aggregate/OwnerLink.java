package dev.fullstate.outbox.aggregate;

import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.property.access.spi.Getter;
import org.jspecify.annotations.Nullable;

/**
 * The way from a part one step up to the entity that owns it.
 *
 * @param owner the entity with the owning attribute: a root or again a part
 * @param attributePath the owning attribute, dotted where it lies in an embeddable
 * @param backReference the part's attribute that points to the owner; null if the association has one direction only
 * @param table where the part says whose it is; null where nobody can change that unnoticed
 */
public record OwnerLink(
        EntityPersister owner,
        String attributePath,
        @Nullable BackReference backReference,
        @Nullable PartTable table) {

    /**
     * From a part to its owner.
     *
     * @param name the part's attribute
     * @param idGetter how to read it where it belongs to the part's id, and so is not part of its state; else null
     */
    public record BackReference(String name, @Nullable Getter idGetter) {

        /** The owner, or a proxy of it, that the part had in a state; null if it had none, or the state is not known. */
        public @Nullable Object owner(EntityPersister entity, Object part, Object @Nullable [] state) {
            if (idGetter != null) {
                return idGetter.get(part);
            }
            return state == null ? null : state[entity.getPropertyIndex(name)];
        }
    }
}
