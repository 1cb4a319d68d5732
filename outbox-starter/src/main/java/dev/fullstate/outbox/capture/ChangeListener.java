package dev.fullstate.outbox.capture;

import java.util.Collection;
import java.util.function.BiConsumer;

import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.event.spi.AbstractCollectionEvent;
import org.hibernate.event.spi.AutoFlushEvent;
import org.hibernate.event.spi.AutoFlushEventListener;
import org.hibernate.event.spi.EventSource;
import org.hibernate.event.spi.FlushEvent;
import org.hibernate.event.spi.FlushEventListener;
import org.hibernate.event.spi.PostCollectionRecreateEvent;
import org.hibernate.event.spi.PostCollectionRecreateEventListener;
import org.hibernate.event.spi.PostCollectionRemoveEvent;
import org.hibernate.event.spi.PostCollectionRemoveEventListener;
import org.hibernate.event.spi.PostCollectionUpdateEvent;
import org.hibernate.event.spi.PostCollectionUpdateEventListener;
import org.hibernate.event.spi.PostDeleteEvent;
import org.hibernate.event.spi.PostDeleteEventListener;
import org.hibernate.event.spi.PostInsertEvent;
import org.hibernate.event.spi.PostInsertEventListener;
import org.hibernate.event.spi.PostUpdateEvent;
import org.hibernate.event.spi.PostUpdateEventListener;
import org.hibernate.event.spi.PostUpsertEvent;
import org.hibernate.event.spi.PostUpsertEventListener;
import org.hibernate.persister.collection.CollectionPersister;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.aggregate.Aggregate;
import dev.fullstate.outbox.aggregate.Aggregates;
import dev.fullstate.outbox.aggregate.OwnerLink;
import dev.fullstate.outbox.contract.Operation;

/**
 * Marks what a flush changes; nothing is read or written here. The first mark of a transaction begins what
 * turns the marks into events before the commit.
 */
final class ChangeListener
        implements AutoFlushEventListener,
                FlushEventListener,
                PostInsertEventListener,
                PostUpdateEventListener,
                PostDeleteEventListener,
                PostUpsertEventListener,
                PostCollectionRecreateEventListener,
                PostCollectionUpdateEventListener,
                PostCollectionRemoveEventListener {

    private static final long serialVersionUID = 1L;

    private final transient Aggregates aggregates;
    private final transient MarkedTransactions transactions;

    /** @param beforeCommit what to do with the marks of a transaction once it has made all of them */
    ChangeListener(
            Aggregates aggregates,
            int maxAggregates,
            BiConsumer<SharedSessionContractImplementor, TransactionChanges> beforeCommit) {
        this.aggregates = aggregates;
        this.transactions =
                new MarkedTransactions(() -> new TransactionChanges(aggregates, maxAggregates), beforeCommit);
    }

    /** The marks that are made here. */
    MarkedTransactions transactions() {
        return transactions;
    }

    @Override
    public void onAutoFlush(AutoFlushEvent event) {
        flushed(event.getSession());
    }

    @Override
    public void onFlush(FlushEvent event) {
        flushed(event.getSession());
    }

    private void flushed(SharedSessionContractImplementor session) {
        TransactionChanges changes = transactions.marksOf(session);
        if (changes != null) {
            changes.flushed();
        }
    }

    @Override
    public void onPostInsert(PostInsertEvent event) {
        entity(new EntityChange(event, Operation.CREATE, event.getState(), null));
    }

    @Override
    public void onPostUpdate(PostUpdateEvent event) {
        entity(new EntityChange(event, Operation.UPDATE, event.getState(), event.getOldState()));
    }

    @Override
    public void onPostUpsert(PostUpsertEvent event) {
        entity(new EntityChange(event, Operation.UPDATE, event.getState(), null));
    }

    @Override
    public void onPostDelete(PostDeleteEvent event) {
        Object[] deleted = event.getDeletedState();
        Object[] state = deleted == null ? event.getPersister().getValues(event.getEntity()) : deleted;
        entity(new EntityChange(event, Operation.DELETE, null, state));
    }

    @Override
    public void onPostRecreateCollection(PostCollectionRecreateEvent event) {
        collection(event);
    }

    @Override
    public void onPostUpdateCollection(PostCollectionUpdateEvent event) {
        collection(event);
    }

    @Override
    public void onPostRemoveCollection(PostCollectionRemoveEvent event) {
        collection(event);
    }

    /** Marks roots that SQL has changed. */
    void told(SharedSessionContractImplementor session, Aggregate aggregate, Collection<?> ids) {
        ids.forEach(id -> transactions
                .toMark(session, aggregate.root())
                .root(aggregate, id)
                .told());
    }

    @Override
    public boolean requiresPostCommitHandling(EntityPersister persister) {
        return false;
    }

    private void entity(EntityChange change) {
        EntityPersister entity = change.entity();
        Aggregate aggregate = aggregates.rootedAt(entity);
        if (aggregate != null) {
            TransactionChanges changes = transactions.toMark(change.session(), entity);
            Long before = version(entity, change.oldState());
            changes.root(aggregate, change.id())
                    .row(change.operation(), changes.flushCount(), before, version(entity, change.state()));
        }
        for (OwnerLink link : aggregates.ownersOf(entity)) {
            part(change, link);
        }
    }

    /** Marks the owner that a part refers to and the one that it referred to before: parts come, go and move. */
    private void part(EntityChange change, OwnerLink link) {
        TransactionChanges changes = transactions.toMark(change.session(), change.entity());
        Object owner = change.owner(link);
        Object oldOwner = change.oldOwner(link);
        if (owner != null) {
            changes.changed(link.owner(), owner);
        }
        if (oldOwner != null && !oldOwner.equals(owner)) {
            changes.changed(link.owner(), oldOwner);
        }
        if (!link.isKnownToPart() && change.operation() != Operation.DELETE) {
            changes.part(new PartChange(change.entity(), change.id(), link));
        }
    }

    private void collection(AbstractCollectionEvent event) {
        CollectionPersister collection = event.getCollectionPersister();
        Object ownerId = event.getAffectedOwnerIdOrNull();
        if (ownerId == null || collection == null || !aggregates.include(collection)) {
            return;
        }
        EventSource session = sessionOf(event);
        if (session != null) {
            EntityPersister owner = ownerOf(event, collection, session);
            transactions.toMark(session, owner).changed(owner, ownerId);
        }
    }

    /** The entity that has the collection: the one that declares it may be one that it extends, and not be captured. */
    private static EntityPersister ownerOf(
            AbstractCollectionEvent event, CollectionPersister collection, EventSource session) {
        String name = event.getAffectedOwnerEntityName();
        return name == null
                ? collection.getOwnerEntityPersister()
                : session.getFactory().getMappingMetamodel().getEntityDescriptor(name);
    }

    private static @Nullable Long version(EntityPersister entity, Object @Nullable [] state) {
        return state != null && state[entity.getVersionPropertyIndex()] instanceof Number version
                ? version.longValue()
                : null;
    }

    /** A stateless session fires collection events without a session; there the entity's own event marks the root. */
    private static @Nullable EventSource sessionOf(AbstractCollectionEvent event) {
        try {
            return event.getSession();
        } catch (NullPointerException e) {
            return null;
        }
    }
}
