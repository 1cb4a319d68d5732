package dev.fullstate.outbox.capture;

import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.event.spi.AbstractPostDatabaseOperationEvent;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.aggregate.OwnerLink;
import dev.fullstate.outbox.contract.Operation;

/**
 * A row that a flush has written.
 *
 * @param event as Hibernate reports it
 * @param operation what was done
 * @param state what the entity has now; null for a delete
 * @param stateBefore what it had; null for an insert, and where it is not known
 */
@SuppressWarnings("ArrayRecordComponent") // Hibernate's own arrays, not copied for each event
record EntityChange(
        AbstractPostDatabaseOperationEvent event,
        Operation operation,
        Object @Nullable [] state,
        Object @Nullable [] stateBefore) {

    EntityPersister entity() {
        return event.getPersister();
    }

    Object id() {
        return event.getId();
    }

    SharedSessionContractImplementor session() {
        return event.getSession();
    }

    /** The id of the owner that a part refers to now; null if it does not. */
    @Nullable
    Object owner(OwnerLink link) {
        return owner(link, state);
    }

    /** The id of the owner that a part referred to before; null if it did not. */
    @Nullable
    Object ownerBefore(OwnerLink link) {
        return owner(link, stateBefore);
    }

    private @Nullable Object owner(OwnerLink link, Object @Nullable [] at) {
        return link.ownerId(entity(), id(), event.getEntity(), at, session());
    }

    /** The version that the row of a root has now; null if it has none. */
    @Nullable
    Long version() {
        return version(state);
    }

    /** The version that the row of a root had before; null if it had none, or it is not known. */
    @Nullable
    Long versionBefore() {
        return version(stateBefore);
    }

    private @Nullable Long version(Object @Nullable [] at) {
        return at != null && at[entity().getVersionPropertyIndex()] instanceof Number version
                ? version.longValue()
                : null;
    }
}
