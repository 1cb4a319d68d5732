package dev.fullstate.outbox.capture;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

import org.hibernate.engine.spi.EntityEntry;
import org.hibernate.engine.spi.PersistenceContext;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.rows.PartTable;

/** The parts that a flush writes, with their owners, and which of them are still so in the database. */
final class FlushedParts {

    private final Map<PartTable, Set<OwnedRow>> toAsk = new LinkedHashMap<>();
    private final Map<PartTable, Set<PartTable.Row>> asked = new HashMap<>();
    private final Map<PartTable, Set<PartTable.Row>> owned = new HashMap<>();

    /** A row, and what its owner is. */
    private record OwnedRow(PartTable.Row row, EntityPersister owner) {}

    void add(PartTable table, EntityPersister owner, PartTable.Row row) {
        toAsk.computeIfAbsent(table, key -> new LinkedHashSet<>()).add(new OwnedRow(row, owner));
    }

    /** Whether a part is still its owner's, asking for all at once; its row is locked then. */
    boolean isOwned(
            SharedSessionContractImplementor session, PartTable table, EntityPersister owner, PartTable.Row row) {
        if (isDeleted(owner, row.owner(), session)) {
            return true;
        }
        if (!asked.getOrDefault(table, Set.of()).contains(row)) {
            add(table, owner, row);
            ask(session);
        }
        return owned.getOrDefault(table, Set.of()).contains(row);
    }

    private void ask(SharedSessionContractImplementor session) {
        toAsk.forEach((table, rows) -> {
            Set<PartTable.Row> distinct = new LinkedHashSet<>();
            for (OwnedRow row : rows) {
                if (!isDeleted(row.owner(), row.row().owner(), session)) {
                    distinct.add(row.row());
                }
            }
            asked.computeIfAbsent(table, key -> new HashSet<>()).addAll(distinct);
            owned.computeIfAbsent(table, key -> new HashSet<>())
                    .addAll(table.lockOwned(session, new ArrayList<>(distinct)));
        });
        toAsk.clear();
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
