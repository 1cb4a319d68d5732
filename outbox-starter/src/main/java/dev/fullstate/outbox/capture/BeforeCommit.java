package dev.fullstate.outbox.capture;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import org.hibernate.FlushMode;
import org.hibernate.HibernateException;
import org.hibernate.Session;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.event.spi.EventSource;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.OutboxException;
import dev.fullstate.outbox.aggregate.Aggregate;
import dev.fullstate.outbox.contract.Operation;
import dev.fullstate.outbox.reading.AskedStates;
import dev.fullstate.outbox.reading.StateReader;
import dev.fullstate.outbox.rows.RootTable.LockedRow;
import dev.fullstate.outbox.session.DatabaseFailure;
import dev.fullstate.outbox.session.RoundTrip;

/**
 * Turns the marks of a transaction into changes, in five steps: it takes the ids that the database has, finds the root of each
 * changed part, locks every root, reads the states back from the database and hands the changes over. ADR 2 (docs/adr/0002) tells
 * why a root is locked first and why the session's own objects do not do.
 *
 * <p>Confined to the transaction's thread.
 */
class BeforeCommit {

    /** Has flushed for the last time: the observer acts after the flush of the commit. */
    private final SharedSessionContractImplementor session;

    /** Grows while roots are found, and no more once they are read. */
    private final TransactionChanges changes;

    private final StateReader reader;
    private final RootLock lock;

    BeforeCommit(SharedSessionContractImplementor session, StateReader reader, TransactionChanges changes) {
        this.session = session;
        this.reader = reader;
        this.changes = changes;
        this.lock = new RootLock(session);
    }

    void handOver(ChangeSink sink) {
        // A stateless session calls observers before it sends its batch.
        session.getJdbcCoordinator().executeBatch();
        try (FreshSession fresh = freshSession()) {
            List<AggregateChange> result = steps(fresh);
            if (!result.isEmpty()) {
                write(result, sink, fresh);
            }
        } catch (HibernateException e) {
            throw e;
        } catch (RuntimeException e) {
            HibernateException database = DatabaseFailure.in(e);
            if (database != null) {
                throw database;
            }
            throw new OutboxException(
                    "The events of this transaction could not be written, so the transaction fails. It changes "
                            + changes.roots() + ": " + e.getMessage(),
                    e);
        }
    }

    /** Makes sure that the serializers of the states only read: what they queue after the flush would never be sent. */
    private void write(List<AggregateChange> result, ChangeSink sink, FreshSession fresh) {
        boolean queued = isWriteQueued();
        sink.accept(session, result);
        fresh.requireUntouched();
        if (!queued && isWriteQueued()) {
            throw new OutboxException("An entity was persisted or removed while the state of " + changes.roots()
                    + " was written as JSON. Code that writes a state (serializers, getters, mapper modules) may only read."
                    + " Persist or remove the entity where the aggregate is changed");
        }
    }

    private boolean isWriteQueued() {
        return session instanceof EventSource source && source.getActionQueue().areInsertionsOrDeletionsQueued();
    }

    FreshSession freshSession() {
        return new FreshSession(session, reader);
    }

    /** Takes the steps in the only order in which the states that are read are those that will be committed. */
    List<AggregateChange> steps(FreshSession fresh) {
        changes.useStoredIds(session);
        takeSecondLook();
        findRoots(fresh);
        RoundTrip trip = fresh.roundTrip();
        while (lockRoots(trip) && changes.parts().askAgain()) {
            // Until its root was locked, another transaction could move a part to another root.
            trip.send();
            fresh.clear();
            findRoots(fresh);
        }
        return read(trip, fresh);
    }

    /** Climbs from all parts together, level by level, with one query for each way up. */
    final void findRoots(FreshSession fresh) {
        ChangedParts parts = changes.parts();
        for (var level = parts.takeWithoutOwner(); !level.isEmpty(); level = parts.takeWithoutOwner()) {
            level.forEach((way, ids) -> fresh.ownersOf(way, ids)
                    .forEach(owner -> changes.changed(way.link().owner(), owner)));
        }
        leaveOthersOut(fresh);
    }

    /** Leaves out the ids of entities that have the same parts as a root and are none. Their rows must not be locked, nor their versions raised. */
    private void leaveOthersOut(FreshSession fresh) {
        inLockOrder(RootChange::isToBeFound).forEach((aggregate, roots) -> {
            Set<Object> found = Set.copyOf(fresh.existing(
                    aggregate.root(), roots.stream().map(RootChange::id).toList()));
            roots.forEach(root -> root.noteIsRoot(found.contains(root.id())));
        });
    }

    /**
     * Takes the second look of ADR 2, at roots that were marked before the flush of the commit: since then, a rollback to a
     * savepoint may have taken back changes, versions and locks.
     */
    private void takeSecondLook() {
        int commitFlush = commitFlush();
        Map<Aggregate, Map<Object, RootChange>> older = new HashMap<>();
        for (RootChange change : changes.inLockOrder()) {
            if (change.operation() != null && change.isLocked() && change.isOlderThan(commitFlush)) {
                older.computeIfAbsent(change.aggregate(), aggregate -> new LinkedHashMap<>())
                        .put(change.id(), change);
            }
        }
        older.forEach((aggregate, byId) -> {
            for (LockedRow row : aggregate.table().lockedRows(session, List.copyOf(byId.keySet()))) {
                RootChange change = byId.remove(row.id());
                if (change != null && (!row.own() || change.isMarkedBySql())) {
                    change.ownRowLost(row.version());
                }
            }
            byId.values().forEach(RootChange::rowVanished);
        });
    }

    /** Returns the number of the flush that belongs to the commit. Where no flush does, all marks are older. */
    private int commitFlush() {
        boolean flushes = session instanceof Session of && of.getHibernateFlushMode() != FlushMode.MANUAL;
        return flushes ? changes.flushCount() - 1 : Integer.MAX_VALUE;
    }

    /**
     * Locks the roots whose rows this transaction does not hold yet.
     *
     * @param trip that is sent afterwards
     * @return whether there are any
     */
    boolean lockRoots(RoundTrip trip) {
        Map<Aggregate, List<RootChange>> toLock =
                inLockOrder(change -> change.operation() != null && !change.isLocked());
        toLock.forEach((aggregate, roots) -> lock.acquire(trip, aggregate, roots));
        return !toLock.isEmpty();
    }

    private Map<Aggregate, List<RootChange>> inLockOrder(Predicate<RootChange> which) {
        return changes.inLockOrder().stream()
                .filter(which)
                .collect(Collectors.groupingBy(RootChange::aggregate, LinkedHashMap::new, Collectors.toList()));
    }

    /** Sends the trip, whose locks are taken before the states are read. */
    final List<AggregateChange> read(RoundTrip trip, FreshSession fresh) {
        IdentityHashMap<RootChange, Object> states = states(trip, fresh);
        List<RootChange> ordered = changes.inLockOrder().stream()
                .filter(change -> change.operation() != null)
                .toList();
        ordered.stream()
                .filter(change -> states.get(change) == null && change.operation() != Operation.DELETE)
                .forEach(this::requireNoRow);
        List<AggregateChange> result = new ArrayList<>();
        for (RootChange change : ordered) {
            AggregateChange aggregateChange = aggregateChange(change, states.get(change));
            if (aggregateChange != null) {
                result.add(aggregateChange);
            }
        }
        return result;
    }

    /**
     * Makes sure that a root that is not found is not there.
     *
     * @throws OutboxException if its row is there and nothing in the mapping hides it: then a row is missing that it refers to
     */
    private void requireNoRow(RootChange change) {
        Aggregate aggregate = change.aggregate();
        if (!aggregate.hidesRows()
                && !aggregate.table().lockedRows(session, List.of(change.id())).isEmpty()) {
            throw new OutboxException(
                    change + " has a row, and is not found when it is read with what belongs to it: an association with"
                            + " optional=false has no row at the other end. Map it with optional=true if it may be missing");
        }
    }

    /** Reads the states of all roots, those of deleted ones too, because a rollback to a savepoint may have brought them back. */
    private IdentityHashMap<RootChange, Object> states(RoundTrip trip, FreshSession fresh) {
        Map<List<RootChange>, AskedStates> asked = new LinkedHashMap<>();
        inLockOrder(change -> change.operation() != null).forEach((aggregate, roots) -> {
            List<Object> expected = roots.stream()
                    .filter(root -> root.operation() != Operation.DELETE)
                    .map(RootChange::id)
                    .toList();
            List<Object> ids = roots.stream().map(RootChange::id).toList();
            asked.put(roots, fresh.ask(trip, aggregate.root(), ids, expected));
        });
        trip.send();
        IdentityHashMap<RootChange, Object> states = new IdentityHashMap<>();
        asked.forEach((roots, of) -> {
            List<?> found = of.complete();
            for (int i = 0; i < roots.size(); i++) {
                if (found.get(i) != null) {
                    states.put(roots.get(i), found.get(i));
                }
            }
        });
        return states;
    }

    private static @Nullable AggregateChange aggregateChange(RootChange change, @Nullable Object root) {
        Aggregate aggregate = change.aggregate();
        Operation operation = change.operation();
        if (operation == null || (root == null && operation == Operation.CREATE)) {
            return null;
        }
        if (root == null) {
            // Deleted, or hidden since by a restriction of the mapping: no reader finds it any more.
            return new AggregateChange(aggregate, change.idText(), Operation.DELETE, null, change.versionBefore());
        }
        long version = aggregate.version(root);
        Operation seen = operation == Operation.DELETE ? Operation.UPDATE : operation;
        return change.isPublished() ? new AggregateChange(aggregate, change.idText(), seen, root, version) : null;
    }
}
