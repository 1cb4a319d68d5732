package dev.fullstate.outbox.aggregate;

import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/**
 * The way from a part one step up to the entity that owns it.
 *
 * @param owner the entity with the owning attribute: a root or again a part
 * @param attributePath the owning attribute, dotted where it lies in an embeddable
 * @param backReference the part's attribute that points to the owner; null if the association has one direction only, or if
 *     the attribute is not part of the entity's plain state
 */
public record OwnerLink(
        EntityPersister owner,
        String attributePath,
        @Nullable String backReference) {}
