package dev.fullstate.outbox.capture;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.stream.Stream;

import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.OutboxException;
import dev.fullstate.outbox.aggregate.Aggregate;
import dev.fullstate.outbox.aggregate.Aggregates;
import dev.fullstate.outbox.contract.Operation;

/** The marks of one transaction. Confined to its thread. */
final class TransactionChanges {

    private final Aggregates aggregates;
    private final int maxAggregates;
    private final Map<RootKey, RootChange> roots = new LinkedHashMap<>();
    private final Queue<PartChange> partsWithoutOwner = new ArrayDeque<>();
    private final Set<PartChange> seenParts = new HashSet<>();
    private final Set<PartChange> deletedParts = new HashSet<>();
    private final List<Membership> memberships = new ArrayList<>();

    private record RootKey(String aggregateType, String id) {}

    TransactionChanges(Aggregates aggregates, int maxAggregates) {
        this.aggregates = aggregates;
        this.maxAggregates = maxAggregates;
    }

    RootChange root(Aggregate aggregate, EntityPersister entity, Object id) {
        String idText = aggregate.idText(id);
        RootKey key = new RootKey(aggregate.type(), idText);
        RootChange change = roots.get(key);
        if (change == null) {
            if (roots.size() == maxAggregates) {
                throw new OutboxException("This transaction changes more than " + maxAggregates
                        + " aggregates, the last one being " + aggregate.type() + " " + idText
                        + ". Change fewer in one transaction, or raise outbox.capture.max-aggregates-per-transaction");
            }
            change = new RootChange(aggregate, entity, id, idText);
            roots.put(key, change);
        }
        return change;
    }

    /** Marks an entity of which something has changed: a root, or a part whose owner has to be found. */
    void changed(EntityPersister entity, Object id) {
        Aggregate aggregate = aggregates.rootedAt(entity);
        if (aggregate != null) {
            root(aggregate, entity, id).add(Operation.UPDATE);
        } else {
            part(entity, id);
        }
    }

    void part(EntityPersister part, Object id) {
        PartChange change = new PartChange(part, id);
        if (seenParts.add(change)) {
            partsWithoutOwner.add(change);
        }
    }

    void deletedPart(EntityPersister part, Object id) {
        deletedParts.add(new PartChange(part, id));
    }

    void membership(Membership membership) {
        memberships.add(membership);
    }

    Collection<Membership> memberships() {
        return memberships;
    }

    boolean isDeleted(PartChange part) {
        return deletedParts.contains(part);
    }

    @Nullable
    PartChange nextPartWithoutOwner() {
        return partsWithoutOwner.poll();
    }

    /** Whether a root or part of this entity's hierarchy has a mark of its own. */
    boolean touches(EntityPersister entity) {
        return Stream.concat(
                        roots.values().stream().map(RootChange::entity),
                        seenParts.stream().map(PartChange::part))
                .anyMatch(marked -> marked.getRootEntityName().equals(entity.getRootEntityName()));
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
