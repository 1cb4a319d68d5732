package dev.fullstate.outbox.capture;

import java.util.Objects;

import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.aggregate.OwnerLink;

/**
 * A changed part whose owner only the database knows.
 *
 * @param way that leads to its owner
 * @param id of the part
 */
record PartChange(Way way, Object id) {

    PartChange(EntityPersister part, Object id, OwnerLink link) {
        this(new Way(part.getRootEntityDescriptor().getEntityPersister(), link), id);
    }

    /**
     * The way up from parts of a kind.
     *
     * @param part the topmost entity of the parts' hierarchy, so that each part has one way and not one for each of its classes
     */
    record Way(EntityPersister part, OwnerLink link) {}

    /** Compares ids as Hibernate does: arrays by their content. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PartChange change
                && way.equals(change.way)
                && way.part().getIdentifierType().isEqual(id, change.id);
    }

    @Override
    public int hashCode() {
        return Objects.hash(way, way.part().getIdentifierType().getHashCode(id));
    }
}
