package dev.fullstate.outbox.capture;

import java.util.List;

import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.persister.entity.EntityPersister;

import dev.fullstate.outbox.aggregate.OwnerLink;
import dev.fullstate.outbox.capture.PartChange.Way;
import dev.fullstate.outbox.reading.StateReader;
import dev.fullstate.outbox.rows.CollectionTable;

/**
 * Marks the owners that parts have in the database, for parts that do not know their owner and are about to lose it
 * (docs/adr/0017). The rows are locked first: otherwise another transaction could move a part, and its new owner would lose the part
 * without an event.
 */
final class PresentOwners {

    private static final int PARTS_PER_STATEMENT = 1_000;

    private final StateReader reader;

    PresentOwners(StateReader reader) {
        this.reader = reader;
    }

    /**
     * Marks the owners of parts, before the statement that takes the parts away from them.
     *
     * @param ids of parts that need not have an owner, or be there at all
     */
    void mark(
            SharedSessionContractImplementor session,
            TransactionChanges changes,
            EntityPersister part,
            OwnerLink link,
            List<Object> ids) {
        Way way = new Way(part.getRootEntityDescriptor().getEntityPersister(), link);
        CollectionTable table = CollectionTable.of(part, link.owner(), link.attributePath());
        try (FreshSession fresh = new FreshSession(session, reader)) {
            for (int from = 0; from < ids.size(); from += PARTS_PER_STATEMENT) {
                List<Object> some = ids.subList(from, Math.min(ids.size(), from + PARTS_PER_STATEMENT));
                if (table != null) {
                    table.lock(session, some);
                }
                fresh.ownersOf(way, some).forEach(owner -> changes.changed(link.owner(), owner));
            }
        }
    }
}
