package dev.fullstate.outbox.capture;

import org.hibernate.StaleObjectStateException;
import org.hibernate.engine.spi.EntityEntry;
import org.hibernate.engine.spi.PersistenceContext;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.event.spi.AbstractPreDatabaseOperationEvent;
import org.hibernate.event.spi.PreDeleteEvent;
import org.hibernate.event.spi.PreDeleteEventListener;
import org.hibernate.event.spi.PreUpdateEvent;
import org.hibernate.event.spi.PreUpdateEventListener;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.aggregate.Aggregates;
import dev.fullstate.outbox.aggregate.OwnerLink;
import dev.fullstate.outbox.aggregate.PartTable;

/**
 * Refuses to write a part that another transaction has moved to another aggregate, or deleted, since this one loaded it. The
 * aggregate that it was moved to would change without an event, because nothing in this transaction knows of it. A part with
 * a version is guarded by that.
 */
final class PartGuard implements PreUpdateEventListener, PreDeleteEventListener {

    private static final long serialVersionUID = 1L;

    private final transient Aggregates aggregates;

    PartGuard(Aggregates aggregates) {
        this.aggregates = aggregates;
    }

    @Override
    public boolean onPreUpdate(PreUpdateEvent event) {
        guard(event, event.getOldState());
        return false;
    }

    @Override
    public boolean onPreDelete(PreDeleteEvent event) {
        guard(event, event.getDeletedState());
        return false;
    }

    private void guard(AbstractPreDatabaseOperationEvent event, Object @Nullable [] loaded) {
        if (loaded == null) {
            return;
        }
        for (OwnerLink link : aggregates.ownersOf(event.getPersister())) {
            PartTable table = link.table();
            if (table != null) {
                Object owner = link.ownerId(
                        event.getPersister(), event.getId(), event.getEntity(), loaded, event.getSession());
                if (!isDeleted(link.owner(), owner, event.getSession())) {
                    require(table, event, link, owner);
                }
            }
        }
    }

    private static void require(
            PartTable table, AbstractPreDatabaseOperationEvent event, OwnerLink link, @Nullable Object owner) {
        if (!table.lockIfOwnedBy(event.getSession(), event.getId(), owner)) {
            throw new StaleObjectStateException(
                    event.getPersister().getEntityName(),
                    event.getId(),
                    "Another transaction has deleted this part, or moved it away from "
                            + link.owner().getEntityName() + " " + owner
                            + ", since it was loaded. Load it again, and repeat");
        }
    }

    /** An owner that is deleted with its parts is checked by its own version, which a move raises. */
    private static boolean isDeleted(
            EntityPersister entity, @Nullable Object id, SharedSessionContractImplementor session) {
        if (id == null || !entity.isVersioned()) {
            return false;
        }
        PersistenceContext context = session.getPersistenceContextInternal();
        Object owner = context.getEntity(session.generateEntityKey(id, entity));
        EntityEntry entry = owner == null ? null : context.getEntry(owner);
        return entry != null && entry.getStatus().isDeletedOrGone();
    }
}
