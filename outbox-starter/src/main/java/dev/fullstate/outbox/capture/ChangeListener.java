package dev.fullstate.outbox.capture;

import java.lang.ref.WeakReference;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.BiConsumer;

import org.hibernate.collection.spi.PersistentCollection;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.engine.spi.TransactionCompletionCallbacks;
import org.hibernate.engine.spi.TransactionCompletionCallbacks.AfterCompletionCallback;
import org.hibernate.engine.spi.TransactionCompletionCallbacks.BeforeCompletionCallback;
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
import org.hibernate.event.spi.PreCollectionRemoveEvent;
import org.hibernate.event.spi.PreCollectionRemoveEventListener;
import org.hibernate.event.spi.PreCollectionUpdateEvent;
import org.hibernate.event.spi.PreCollectionUpdateEventListener;
import org.hibernate.persister.collection.CollectionPersister;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.OutboxException;
import dev.fullstate.outbox.aggregate.Aggregate;
import dev.fullstate.outbox.aggregate.Aggregates;
import dev.fullstate.outbox.aggregate.AssociationPath;
import dev.fullstate.outbox.aggregate.OwnerLink;
import dev.fullstate.outbox.capture.TransactionChanges.OrphanedPart;
import dev.fullstate.outbox.contract.Operation;

/**
 * Marks what a flush changes; nothing is read or written here. The first mark of a transaction registers the callback that
 * turns the marks into events before the commit.
 */
final class ChangeListener
        implements AutoFlushEventListener,
                FlushEventListener,
                PostInsertEventListener,
                PostUpdateEventListener,
                PostDeleteEventListener,
                PostUpsertEventListener,
                PreCollectionUpdateEventListener,
                PreCollectionRemoveEventListener,
                PostCollectionRecreateEventListener,
                PostCollectionUpdateEventListener,
                PostCollectionRemoveEventListener {

    private static final long serialVersionUID = 1L;

    private final transient Aggregates aggregates;
    private final int maxAggregates;
    private final transient BiConsumer<SharedSessionContractImplementor, TransactionChanges> beforeCommit;

    /** Held weakly, because a session may be closed in mid-transaction; the session's own callback holds the marks. */
    private final transient Map<SharedSessionContractImplementor, WeakReference<TransactionChanges>> open =
            Collections.synchronizedMap(new WeakHashMap<>());

    /** @param beforeCommit what to do with the marks of a transaction once it has made all of them */
    ChangeListener(
            Aggregates aggregates,
            int maxAggregates,
            BiConsumer<SharedSessionContractImplementor, TransactionChanges> beforeCommit) {
        this.aggregates = aggregates;
        this.maxAggregates = maxAggregates;
        this.beforeCommit = beforeCommit;
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
        WeakReference<TransactionChanges> reference = open.get(session);
        TransactionChanges changes = reference == null ? null : reference.get();
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
    public void onPreUpdateCollection(PreCollectionUpdateEvent event) {
        leaving(event);
    }

    @Override
    public void onPreRemoveCollection(PreCollectionRemoveEvent event) {
        leaving(event);
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
        ids.forEach(id -> changes(session, aggregate.root()).root(aggregate, id).told());
    }

    @Override
    public boolean requiresPostCommitHandling(EntityPersister persister) {
        return false;
    }

    private void entity(EntityChange change) {
        EntityPersister entity = change.entity();
        Aggregate aggregate = aggregates.rootedAt(entity);
        if (aggregate != null) {
            TransactionChanges changes = changes(change.session(), entity);
            Long before = version(entity, change.oldState());
            changes.root(aggregate, change.id())
                    .row(change.operation(), changes.flushCount(), before, version(entity, change.state()));
        }
        for (OwnerLink link : aggregates.ownersOf(entity)) {
            part(change, link);
        }
        for (AssociationPath path : aggregates.partsOf(entity)) {
            change.partsHeld(path).forEach(changes(change.session(), entity)::left);
        }
    }

    /** Marks the owner that a part refers to and the one that it referred to before: parts come, go and move. */
    private void part(EntityChange change, OwnerLink link) {
        TransactionChanges changes = changes(change.session(), change.entity());
        Object owner = change.owner(link);
        Object oldOwner = change.oldOwner(link);
        if (owner != null) {
            changes.changed(link.owner(), owner);
        }
        if (oldOwner != null && !oldOwner.equals(owner)) {
            changes.changed(link.owner(), oldOwner);
        }
        if (change.operation() == Operation.DELETE) {
            if (!link.isKnownToPart() || (change.isStateless() && hadNoOwner(change))) {
                OrphanedPart orphan = new OrphanedPart(change.entity(), change.id(), link);
                changes.deletedWithoutOwner(change.event().getEntity(), orphan);
            }
        } else if (!link.isKnownToPart()) {
            changes.part(new PartChange(change.entity(), change.id(), link));
        }
    }

    private boolean hadNoOwner(EntityChange change) {
        return aggregates.ownersOf(change.entity()).stream().allMatch(link -> change.oldOwner(link) == null);
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
            changes(session, owner).changed(owner, ownerId);
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

    /** Notes what a collection held so far: if it is deleted, this is where it belonged. */
    private void leaving(AbstractCollectionEvent event) {
        CollectionPersister collection = event.getCollectionPersister();
        PersistentCollection<?> held = event.getCollection();
        if (held == null || collection == null || !aggregates.include(collection) || collection.isInverse()) {
            return;
        }
        EventSource session = sessionOf(event);
        if (session != null) {
            TransactionChanges changes = changes(session, collection.getOwnerEntityPersister());
            Elements.of(held.getStoredSnapshot()).forEach(changes::left);
        }
    }

    private TransactionChanges changes(SharedSessionContractImplementor session, EntityPersister entity) {
        WeakReference<TransactionChanges> reference = open.get(session);
        TransactionChanges changes = reference == null ? null : reference.get();
        if (changes == null) {
            return begin(session, entity);
        }
        if (changes.isBeingWritten()) {
            throw new OutboxException(
                    "A " + entity.getEntityName() + " was written while the events of this transaction"
                            + " were. What writes the state of an aggregate (serializers, getters, mapper modules, callbacks) may"
                            + " only read. Write it where the aggregate is changed");
        }
        return changes;
    }

    private TransactionChanges begin(SharedSessionContractImplementor session, EntityPersister entity) {
        if (!session.isTransactionInProgress()) {
            throw new OutboxException("A " + entity.getEntityName()
                    + " was written without a transaction, so its event could not be written together with it."
                    + " Write it in a transaction");
        }
        TransactionChanges changes = new TransactionChanges(aggregates, maxAggregates);
        open.put(session, new WeakReference<>(changes));
        TransactionCompletionCallbacks callbacks = session.getTransactionCompletionCallbacks();
        // Once more at the end of the queue: what other callbacks write belongs to the same events.
        callbacks.registerCallback((BeforeCompletionCallback)
                first -> callbacks.registerCallback((BeforeCompletionCallback) last -> complete(session, changes)));
        callbacks.registerCallback((AfterCompletionCallback) (success, completed) -> open.remove(session));
        return changes;
    }

    private void complete(SharedSessionContractImplementor session, TransactionChanges changes) {
        changes.beginWriting();
        try {
            beforeCommit.accept(session, changes);
        } finally {
            open.remove(session);
        }
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
