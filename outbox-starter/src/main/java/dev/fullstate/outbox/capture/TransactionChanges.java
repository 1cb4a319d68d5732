package dev.fullstate.outbox.capture;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.persister.entity.EntityPersister;

import dev.fullstate.outbox.OutboxException;
import dev.fullstate.outbox.aggregate.Aggregate;
import dev.fullstate.outbox.aggregate.Aggregates;
import dev.fullstate.outbox.aggregate.OwnerLink;
import dev.fullstate.outbox.contract.Operation;

/** The marks of one transaction. Confined to its thread. */
final class TransactionChanges {

    private final Aggregates aggregates;
    private final int maxAggregates;
    private final Map<RootKey, RootChange> roots = new HashMap<>();
    private final Marks marks = new Marks();
    private final ChangedParts parts = new ChangedParts();

    private boolean beingWritten;
    private int flushCount;

    private record RootKey(String aggregateType, String id) {}

    TransactionChanges(Aggregates aggregates, int maxAggregates) {
        this.aggregates = aggregates;
        this.maxAggregates = maxAggregates;
    }

    /** From now on, no more changes are expected: their events are being written. */
    void beginWriting() {
        beingWritten = true;
    }

    boolean isBeingWritten() {
        return beingWritten;
    }

    /** A flush is at its end. */
    void flushed() {
        flushCount++;
        parts.flushed();
    }

    /** How many flushes have come to their end. */
    int flushCount() {
        return flushCount;
    }

    RootChange root(Aggregate aggregate, Object id) {
        String idText = aggregate.idText(id);
        RootKey key = new RootKey(aggregate.type(), idText);
        RootChange change = roots.get(key);
        if (change == null) {
            if (roots.size() == maxAggregates) {
                throw new OutboxException("This transaction changes more than " + maxAggregates
                        + " aggregates, the last one being " + aggregate.type() + " " + idText
                        + ". Change fewer in one transaction, or raise outbox.capture.max-aggregates-per-transaction");
            }
            change = new RootChange(
                    aggregate, id, idText, aggregate.table().ids().areGiven() ? null : marks);
            roots.put(key, change);
        }
        return change;
    }

    /**
     * From now on each root and part has the id that the database has. What is in memory may have two for one, because what is
     * made with an id is loaded with another.
     */
    void useStoredIds(SharedSessionContractImplementor session) {
        IdentityHashMap<RootChange, RootChange> successors = new IdentityHashMap<>();
        Map<Aggregate, List<RootChange>> byAggregate = new HashMap<>();
        for (RootChange root : roots.values()) {
            if (!root.aggregate().table().ids().areGiven()) {
                byAggregate
                        .computeIfAbsent(root.aggregate(), aggregate -> new ArrayList<>())
                        .add(root);
            }
        }
        byAggregate.forEach((aggregate, known) -> {
            List<Object> stored = aggregate
                    .table()
                    .ids()
                    .of(session, known.stream().map(RootChange::id).toList());
            known.forEach(root -> roots.remove(new RootKey(aggregate.type(), root.idText())));
            for (int i = 0; i < stored.size(); i++) {
                successors.put(known.get(i), successor(aggregate, stored.get(i), known.get(i)));
            }
        });
        marks.repeat(successors);
        parts.useStoredIds(session);
    }

    private RootChange successor(Aggregate aggregate, Object storedId, RootChange root) {
        String idText = aggregate.idText(storedId);
        RootChange successor = roots.computeIfAbsent(
                new RootKey(aggregate.type(), idText), key -> new RootChange(aggregate, storedId, idText, null));
        successor.isInMemoryAs(root.id());
        return successor;
    }

    /** Marks what a row that was written belongs to: its root, or the owners that a part has now and had before. */
    void written(EntityChange change) {
        Aggregate aggregate = aggregates.rootedAt(change.entity());
        if (aggregate != null) {
            root(aggregate, change.id()).row(change.operation(), flushCount, change.versionBefore(), change.version());
        }
        aggregates.ownersOf(change.entity()).forEach(link -> part(change, link));
    }

    /** Parts come, go and move: the owner that a part refers to changes, and so does the one that it referred to before. */
    private void part(EntityChange change, OwnerLink link) {
        Object owner = change.owner(link);
        Object ownerBefore = change.ownerBefore(link);
        if (owner != null) {
            changed(link.owner(), owner);
        }
        if (ownerBefore != null && !ownerBefore.equals(owner)) {
            changed(link.owner(), ownerBefore);
        }
        if (!link.isKnownToPart() && change.operation() != Operation.DELETE) {
            parts.add(new PartChange(change.entity(), change.id(), link));
        }
    }

    /** Marks an entity of which something has changed: a root, or a part whose owner has to be found. */
    void changed(EntityPersister entity, Object id) {
        Aggregate aggregate = aggregates.rootedAt(entity);
        if (aggregate != null) {
            root(aggregate, id).content(flushCount);
        } else {
            aggregates.ownersOf(entity).forEach(link -> parts.add(new PartChange(entity, id, link)));
        }
    }

    ChangedParts parts() {
        return parts;
    }

    Collection<RootChange> roots() {
        return roots.values();
    }

    /** In one order for all transactions, so that two of them lock their roots in the same order. */
    List<RootChange> inLockOrder() {
        List<RootChange> sorted = new ArrayList<>(roots.values());
        sorted.sort(
                Comparator.comparing((RootChange change) -> change.aggregate().type())
                        .thenComparing(RootChange::idText));
        return sorted;
    }
}
