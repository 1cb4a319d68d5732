package dev.fullstate.outbox.capture;

import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;

import org.hibernate.StaleObjectStateException;
import org.hibernate.StatelessSession;
import org.hibernate.engine.spi.EntityEntry;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.engine.spi.Status;
import org.hibernate.event.spi.AbstractPreDatabaseOperationEvent;
import org.hibernate.event.spi.FlushEntityEvent;
import org.hibernate.event.spi.FlushEntityEventListener;
import org.hibernate.event.spi.PreDeleteEvent;
import org.hibernate.event.spi.PreDeleteEventListener;
import org.hibernate.event.spi.PreUpdateEvent;
import org.hibernate.event.spi.PreUpdateEventListener;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.aggregate.Aggregates;
import dev.fullstate.outbox.aggregate.OwnerLink;
import dev.fullstate.outbox.rows.PartTable;

/**
 * Refuses to write a part that another transaction has moved to another aggregate, or deleted, since this one loaded it. The
 * part's new aggregate would change without an event, because nothing in this transaction knows of it (docs/adr/0002). A version
 * guards a part that has one.
 *
 * <p>All parts of a flush are queried together, before the first of them is written, with one statement for each table. A
 * stateless session has no flush; there each delete has a statement of its own.
 */
final class PartGuard implements FlushEntityEventListener, PreUpdateEventListener, PreDeleteEventListener {

    private static final long serialVersionUID = 1L;

    private final transient Aggregates aggregates;

    /**
     * The parts that the latest flush of each session writes; replaced by its next flush. Sessions are held weakly, so the values
     * have only ids, none of which leads back to the session. The marks would not do as their place: a part is announced before
     * it is written, and marks begin only with a write.
     */
    private final transient Map<SharedSessionContractImplementor, FlushedParts> flushing =
            Collections.synchronizedMap(new WeakHashMap<>());

    PartGuard(Aggregates aggregates) {
        this.aggregates = aggregates;
    }

    /** Notes a part that is going to be written. Hibernate's own listener, which finds that out, is called before this one. */
    @Override
    public void onFlushEntity(FlushEntityEvent event) {
        if (event.getInstanceGenerationId() == 1) {
            flushing.remove(event.getSession()); // The first entity of a new flush.
        }
        EntityEntry entry = event.getEntityEntry();
        Object[] loaded = null;
        if (entry.getStatus() == Status.DELETED) {
            loaded = entry.getDeletedState();
        } else if (event.hasDirtyProperties()) {
            loaded = entry.getLoadedState();
        }
        Object id = entry.getId();
        // A row that the flush inserts is not there when the first one is asked for; it is asked for by itself when it
        // is updated.
        if (loaded != null && id != event.getEntity() && entry.isExistsInDatabase()) {
            forEachRow(
                    entry.getPersister(),
                    id,
                    event.getEntity(),
                    loaded,
                    event.getSession(),
                    (table, owner, row) -> flushing.computeIfAbsent(event.getSession(), session -> new FlushedParts())
                            .add(table, owner, row));
        }
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
        if (loaded != null) {
            forEachRow(
                    event.getPersister(),
                    event.getId(),
                    event.getEntity(),
                    loaded,
                    event.getSession(),
                    (table, owner, row) -> require(event, table, owner, row));
        }
    }

    /** Takes a row in which a part refers to its owner, with the owner that the part was loaded with. */
    private interface RowAction {

        void accept(PartTable table, EntityPersister owner, PartTable.Row row);
    }

    /** Goes through the rows that nothing else guards, unless the mapping hides which owner they have. */
    private void forEachRow(
            EntityPersister part,
            Object id,
            Object entity,
            Object[] loaded,
            SharedSessionContractImplementor session,
            RowAction action) {
        for (OwnerLink link : aggregates.ownersOf(part)) {
            PartTable table = link.table();
            Object owner = table == null ? null : link.ownerId(part, id, entity, loaded, session);
            if (table != null && (owner != null || !table.hidesOwners())) {
                action.accept(table, link.owner(), new PartTable.Row(id, owner));
            }
        }
    }

    private void require(
            AbstractPreDatabaseOperationEvent event, PartTable table, EntityPersister owner, PartTable.Row row) {
        SharedSessionContractImplementor session = event.getSession();
        FlushedParts parts = session instanceof StatelessSession ? null : flushing.get(session);
        if (!(parts == null ? new FlushedParts() : parts).lockOwned(session, table, owner, row)) {
            throw new StaleObjectStateException(
                    event.getPersister().getEntityName(),
                    event.getId(),
                    "Another transaction has deleted this part, or moved it away from " + owner.getEntityName() + " "
                            + row.owner() + ", since it was loaded. Load it again and repeat the change");
        }
    }
}
