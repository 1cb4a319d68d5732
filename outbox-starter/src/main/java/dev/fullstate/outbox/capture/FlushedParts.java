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

/**
 * The parts that one flush writes, each with the owner that it was loaded with, and the answers of the database whether it still
 * has that owner. Confined to the flush's thread.
 */
final class FlushedParts {

    /** Rows that the flush has announced and that have no answer yet; emptied by each question. */
    private final Map<PartTable, Set<OwnedRow>> toAsk = new LinkedHashMap<>();

    /** Rows with an answer, which stands for the rest of the flush: either the row is locked, or the flush fails. */
    private final Map<PartTable, Set<PartTable.Row>> asked = new HashMap<>();

    /** A subset of {@link #asked}: the rows that have the owner they were loaded with, and are locked. */
    private final Map<PartTable, Set<PartTable.Row>> owned = new HashMap<>();

    /** A row, and the entity of its owner. */
    private record OwnedRow(PartTable.Row row, EntityPersister owner) {}

    void add(PartTable table, EntityPersister owner, PartTable.Row row) {
        toAsk.computeIfAbsent(table, key -> new LinkedHashSet<>()).add(new OwnedRow(row, owner));
    }

    /**
     * Asks for all rows at once that have no answer yet, and locks those that have their owner.
     *
     * @return whether a part still has its owner
     */
    boolean lockOwned(
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

    /**
     * Returns whether the owner is deleted together with its parts. Then its own version guards it, which a move of a part
     * raises.
     */
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
