package dev.fullstate.outbox.capture;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

import org.hibernate.HibernateException;
import org.hibernate.Session;
import org.hibernate.engine.spi.EntityEntry;
import org.hibernate.engine.spi.PersistenceContext;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.engine.spi.Status;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.OutboxException;
import dev.fullstate.outbox.aggregate.Aggregate;
import dev.fullstate.outbox.aggregate.Aggregates;
import dev.fullstate.outbox.aggregate.OwnerLink;
import dev.fullstate.outbox.contract.Operation;

/**
 * The end of a transaction that changed captured aggregates: from marks to changes, in four steps. Find the root of each
 * changed part; lock every root, by raising its version where Hibernate did not; take its state, from the session where that
 * is sure to be what will be committed and from the database otherwise; hand over.
 */
final class BeforeCommit {

    private final SharedSessionContractImplementor session;
    private final Aggregates aggregates;
    private final TransactionChanges changes;
    private final OwnedParts ownedParts;
    private boolean membershipsAgree;

    BeforeCommit(SharedSessionContractImplementor session, Aggregates aggregates, TransactionChanges changes) {
        this.session = session;
        this.aggregates = aggregates;
        this.changes = changes;
        this.ownedParts = new OwnedParts(aggregates);
    }

    void handOver(ChangeSink sink) {
        // A stateless session calls back before it sends what it has batched.
        session.getJdbcCoordinator().executeBatch();
        try (FreshSession fresh = new FreshSession(session)) {
            findRoots(fresh);
            membershipsAgree = session instanceof Session
                    && changes.memberships().stream().allMatch(membership -> membership.agrees(session));
            List<AggregateChange> result = new ArrayList<>();
            for (RootChange root : changes.inLockOrder()) {
                AggregateChange change = complete(root, fresh);
                if (change != null) {
                    result.add(change);
                }
            }
            if (!result.isEmpty()) {
                sink.accept(session, result);
            }
        } catch (HibernateException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new OutboxException(
                    "The events of this transaction could not be written, so it fails as a whole. It changes "
                            + changes.roots() + ": " + e.getMessage(),
                    e);
        }
    }

    private void findRoots(FreshSession fresh) {
        for (PartChange part = changes.nextPartWithoutOwner(); part != null; part = changes.nextPartWithoutOwner()) {
            for (OwnerLink link : aggregates.ownersOf(part.part())) {
                List<Object> owners = fresh.ownersOf(part, link);
                if (owners.isEmpty() && changes.isDeleted(part)) {
                    requireOwnerAmongChanges(part, link);
                }
                owners.forEach(owner -> changes.changed(link.owner(), owner));
            }
        }
    }

    /** A deleted part has no row any more that would lead to its owner; the owner's own mark must be there. */
    private void requireOwnerAmongChanges(PartChange part, OwnerLink link) {
        if (!changes.touches(link.owner())) {
            throw new OutboxException("A " + part + " was deleted, and nothing tells which "
                    + link.owner().getEntityName()
                    + " it belonged to, so no event could be written. Remove it from '" + link.attributePath()
                    + "' of its owner instead of deleting it directly, or map the association in both directions");
        }
    }

    private @Nullable AggregateChange complete(RootChange change, FreshSession fresh) {
        Aggregate aggregate = change.aggregate();
        Operation operation = change.operation();
        if (operation == null) {
            return null;
        }
        if (operation == Operation.DELETE) {
            return new AggregateChange(aggregate, change.idText(), operation, null, change.deletedVersion());
        }
        OptionalLong raised = OptionalLong.empty();
        if (!change.locked()) {
            raised = aggregate.table().raiseVersion(session, change.id());
            if (raised.isEmpty()) {
                return null; // The row is gone: a savepoint was rolled back, or SQL deleted it.
            }
        }
        Object root = stateInSession(change, raised);
        if (root == null) {
            root = fresh.find(aggregate.root(), change.id());
        }
        if (root == null) {
            return null;
        }
        Long version = ((Number) aggregate.root().getVersion(root)).longValue();
        return new AggregateChange(aggregate, change.idText(), operation, root, version);
    }

    /**
     * The session's own root, if it is sure to be what will be committed.
     *
     * <p>Its version proves it: whoever changes a root or one of its parts raises it, so if it is the one loaded plus the one
     * that this transaction added, nobody came in between, as long as no part is older than the root, from a cache, thinned
     * out by a filter, or in the wrong collection.
     */
    private @Nullable Object stateInSession(RootChange change, OptionalLong raised) {
        if (!(session instanceof Session)
                || !membershipsAgree
                || change.aggregate().cached()
                || session.getLoadQueryInfluencers().hasEnabledFilters()) {
            return null;
        }
        PersistenceContext context = session.getPersistenceContextInternal();
        Object root = context.getEntity(
                session.generateEntityKey(change.id(), change.aggregate().root()));
        EntityEntry entry = root == null ? null : context.getEntry(root);
        if (root == null || entry == null || entry.getStatus() != Status.MANAGED || entry.getLoadedState() == null) {
            return null;
        }
        if (raised.isPresent() && raised.getAsLong() != ((Number) entry.getVersion()).longValue() + 1) {
            return null;
        }
        if (!ownedParts.areCurrent(root, entry, context)) {
            return null;
        }
        if (raised.isPresent()) {
            entry.forceLocked(root, nextVersion(entry));
        }
        return root;
    }

    private Object nextVersion(EntityEntry entry) {
        return entry.getPersister().getVersionJavaType().next(entry.getVersion(), null, null, null, session);
    }
}
