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
 * @param operation the statement, as an operation
 * @param state the entity's attributes now; null for a delete
 * @param stateBefore the entity's attributes before; null for an insert, and where they are not known
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

    /** Returns the id of the owner that a part refers to now; null if it refers to none. */
    @Nullable
    Object owner(OwnerLink link) {
        return owner(link, state);
    }

    /** Returns the id of the owner that a part referred to before; null if it referred to none. */
    @Nullable
    Object ownerBefore(OwnerLink link) {
        return owner(link, stateBefore);
    }

    private @Nullable Object owner(OwnerLink link, Object @Nullable [] at) {
        return link.ownerId(entity(), id(), event.getEntity(), at, session());
    }

    /** Returns the version that the row of a root has now; null if it has none. */
    @Nullable
    Long version() {
        return version(state);
    }

    /** Returns the version that the row of a root had before; null if it had none, or if the version is not known. */
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
