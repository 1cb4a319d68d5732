package dev.fullstate.outbox.capture;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.hibernate.FlushMode;
import org.hibernate.HibernateException;
import org.hibernate.Session;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.event.spi.EventSource;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.OutboxException;
import dev.fullstate.outbox.aggregate.Aggregate;
import dev.fullstate.outbox.contract.Operation;
import dev.fullstate.outbox.reading.StateReader;
import dev.fullstate.outbox.rows.RootTable.LockedRow;
import dev.fullstate.outbox.session.DatabaseFailure;

/**
 * The end of a transaction that changed captured aggregates: from marks to changes, in five steps. Take the ids that the
 * database has; find the root of each changed part; lock every root; read its state back from the database, because what a
 * session has in memory need not be what will be committed; hand over.
 */
class BeforeCommit {

    private final SharedSessionContractImplementor session;
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
        // A stateless session calls back before it sends what it has batched.
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
                    "The events of this transaction could not be written, so it fails as a whole. It changes "
                            + changes.roots() + ": " + e.getMessage(),
                    e);
        }
    }

    /** Whoever writes the states may only read: after the flush, what else is queued would never be sent. */
    private void write(List<AggregateChange> result, ChangeSink sink, FreshSession fresh) {
        boolean queued = isWriteQueued();
        sink.accept(session, result);
        fresh.requireUntouched();
        if (!queued && isWriteQueued()) {
            throw new OutboxException("An entity was persisted or removed while the state of " + changes.roots()
                    + " was written as JSON. What writes a state (serializers, getters, mapper modules) may only read."
                    + " Persist or remove it where the aggregate is changed");
        }
    }

    private boolean isWriteQueued() {
        return session instanceof EventSource source && source.getActionQueue().areInsertionsOrDeletionsQueued();
    }

    FreshSession freshSession() {
        return new FreshSession(session, reader);
    }

    /** Only in this order is what is read what will be committed. */
    List<AggregateChange> steps(FreshSession fresh) {
        changes.useStoredIds(session);
        lookForOwnRows();
        findRoots(fresh);
        while (lockRoots() && changes.parts().askAgain()) {
            // Until a root was locked, somebody may have moved a part to another one.
            fresh.clear();
            findRoots(fresh);
        }
        return read(fresh);
    }

    /** Goes up from all parts together, level by level: one query for each way up. */
    final void findRoots(FreshSession fresh) {
        ChangedParts parts = changes.parts();
        for (var level = parts.takeWithoutOwner(); !level.isEmpty(); level = parts.takeWithoutOwner()) {
            level.forEach((way, ids) -> fresh.ownersOf(way, ids)
                    .forEach(owner -> changes.changed(way.link().owner(), owner)));
        }
    }

    /**
     * Takes a second look at what was marked before the flush of the commit: there was time to go back to a savepoint, which
     * takes back changes, versions and locks.
     */
    private void lookForOwnRows() {
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
                if (change != null && (!row.own() || change.isTold())) {
                    change.isNotOwnAt(row.version());
                }
            }
            byId.values().forEach(RootChange::isGone);
        });
    }

    /** The number of the flush that belongs to the commit; where none does, all others are older. */
    private int commitFlush() {
        boolean flushes = session instanceof Session of && of.getHibernateFlushMode() != FlushMode.MANUAL;
        return flushes ? changes.flushCount() - 1 : Integer.MAX_VALUE;
    }

    /** Whether there were roots to lock. */
    boolean lockRoots() {
        Map<Aggregate, List<RootChange>> toLock = new LinkedHashMap<>();
        for (RootChange change : changes.inLockOrder()) {
            if (change.operation() != null && !change.isLocked()) {
                toLock.computeIfAbsent(change.aggregate(), aggregate -> new ArrayList<>())
                        .add(change);
            }
        }
        toLock.forEach((aggregate, roots) -> {
            Set<RootChange> locked = lock.acquire(aggregate, roots);
            roots.forEach(root -> root.locked(locked.contains(root)));
        });
        return !toLock.isEmpty();
    }

    final List<AggregateChange> read(FreshSession fresh) {
        List<RootChange> ordered = changes.inLockOrder().stream()
                .filter(change -> change.operation() != null)
                .toList();
        IdentityHashMap<RootChange, Object> states = states(ordered, fresh);
        List<AggregateChange> result = new ArrayList<>();
        for (RootChange change : ordered) {
            AggregateChange aggregateChange = aggregateChange(change, states.get(change));
            if (aggregateChange != null) {
                result.add(aggregateChange);
            }
        }
        return result;
    }

    /** What the database has of the roots; also of deleted ones, because a savepoint may have brought them back. */
    private static IdentityHashMap<RootChange, Object> states(List<RootChange> roots, FreshSession fresh) {
        Map<Aggregate, List<RootChange>> byAggregate = new HashMap<>();
        roots.forEach(root -> byAggregate
                .computeIfAbsent(root.aggregate(), aggregate -> new ArrayList<>())
                .add(root));
        IdentityHashMap<RootChange, Object> states = new IdentityHashMap<>();
        byAggregate.forEach((aggregate, of) -> {
            List<?> found =
                    fresh.find(aggregate.root(), of.stream().map(RootChange::id).toList());
            for (int i = 0; i < of.size(); i++) {
                if (found.get(i) != null) {
                    states.put(of.get(i), found.get(i));
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
            // Deleted, or hidden since by a restriction of the mapping: who reads it now does not find it any more.
            return new AggregateChange(aggregate, change.idText(), Operation.DELETE, null, change.versionBefore());
        }
        long version = aggregate.version(root);
        Operation seen = operation == Operation.DELETE ? Operation.UPDATE : operation;
        return change.isPublished() ? new AggregateChange(aggregate, change.idText(), seen, root, version) : null;
    }
}
