package dev.fullstate.outbox.aggregate;

import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/**
 * The way from a part one step up to the entity that owns it.
 *
 * @param owner the entity with the owning attribute: a root or again a part
 * @param attributePath the owning attribute, dotted where it lies in an embeddable
 * @param backReference the part's association to the owner; null if the association has one direction only
 * @param sharesId whether the part has the id of its owner, so that it needs nothing else to tell whose it is
 */
public record OwnerLink(
        EntityPersister owner,
        String attributePath,
        @Nullable AssociationPath backReference,
        boolean sharesId) {

    /** Whether a part by itself tells its owner. */
    public boolean isKnownToPart() {
        return sharesId || backReference != null;
    }
}
