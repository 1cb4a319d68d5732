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

/** The marks of one transaction, and the rules by which writes become marks. Confined to the transaction's thread. */
final class TransactionChanges {

    private final Aggregates aggregates;
    private final int maxAggregates;

    /** Each marked root once, by the text of its id. Two of them may be one row until the ids are replaced by the stored ones. */
    private final Map<RootKey, RootChange> roots = new HashMap<>();

    /** Has the marks of those roots whose stored id is not known yet. */
    private final Marks marks = new Marks();

    private final ChangedParts parts = new ChangedParts();

    /** Never goes back to false: a write that comes later would have no event. */
    private boolean beingWritten;

    /** Flushes that have ended. A mark has the number of flushes before its own. */
    private int flushCount;

    private record RootKey(String aggregateType, String id) {}

    TransactionChanges(Aggregates aggregates, int maxAggregates) {
        this.aggregates = aggregates;
        this.maxAggregates = maxAggregates;
    }

    /** Closes the transaction to further marks: their events are being written. */
    void beginWriting() {
        beingWritten = true;
    }

    boolean isBeingWritten() {
        return beingWritten;
    }

    /** Counts a flush that has ended. */
    void flushed() {
        flushCount++;
        parts.flushed();
    }

    /** Returns the number of flushes that have ended. */
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
                        + " aggregates; the next one is " + aggregate.type() + " " + idText
                        + ". Change fewer in one transaction, or raise outbox.capture.max-aggregates-per-transaction");
            }
            change = new RootChange(
                    aggregate, id, idText, aggregate.table().ids().areGiven() ? null : marks);
            roots.put(key, change);
        }
        return change;
    }

    /**
     * Replaces the id of each root and part by the one that the database has. The session may have two ids for one row, because
     * an entity that was made with one id is loaded with another (docs/adr/0018).
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
        successor.addIdInMemory(root.id());
        return successor;
    }

    /** Marks the root whose row was written, or the owners that the part has now and had before. */
    void written(EntityChange change) {
        Aggregate aggregate = aggregates.rootedAt(change.entity());
        if (aggregate != null) {
            root(aggregate, change.id())
                    .markRow(change.operation(), flushCount, change.versionBefore(), change.version());
        }
        aggregates.ownersOf(change.entity()).forEach(link -> part(change, link));
    }

    /** Marks the owner that a part refers to and the one that it referred to before: parts are added, removed and moved. */
    private void part(EntityChange change, OwnerLink link) {
        Object owner = change.owner(link);
        Object ownerBefore = change.ownerBefore(link);
        if (owner != null) {
            changed(link, owner);
        }
        if (ownerBefore != null && !ownerBefore.equals(owner)) {
            changed(link, ownerBefore);
        }
        if (!link.isKnownToPart() && change.operation() != Operation.DELETE) {
            PartChange part = new PartChange(change.entity(), change.id(), link);
            parts.add(part);
            if (change.operation() == Operation.CREATE) {
                parts.addCreated(part);
            }
        }
    }

    private void changed(OwnerLink link, Object owner) {
        Aggregate aggregate = link.refersToOthers() ? aggregates.rootedAt(link.owner()) : null;
        if (aggregate != null) {
            root(aggregate, owner).markContentOfRootOrOther(flushCount);
        } else {
            changed(link.owner(), owner);
        }
    }

    /** Marks a change inside an entity: a root, or a part whose owner has to be found. */
    void changed(EntityPersister entity, Object id) {
        Aggregate aggregate = aggregates.rootedAt(entity);
        if (aggregate != null) {
            root(aggregate, id).markContent(flushCount);
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

    /** Returns the roots in an order that is the same for all transactions, so that two of them never lock each other out. */
    List<RootChange> inLockOrder() {
        List<RootChange> sorted = new ArrayList<>(roots.values());
        sorted.sort(
                Comparator.comparing((RootChange change) -> change.aggregate().type())
                        .thenComparing(RootChange::idText));
        return sorted;
    }
}
