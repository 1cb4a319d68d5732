package dev.fullstate.outbox.capture;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.engine.spi.TransactionCompletionCallbacks;
import org.hibernate.engine.spi.TransactionCompletionCallbacks.AfterCompletionCallback;
import org.hibernate.engine.spi.TransactionCompletionCallbacks.BeforeCompletionCallback;
import org.hibernate.event.spi.AbstractCollectionEvent;
import org.hibernate.event.spi.AbstractPostDatabaseOperationEvent;
import org.hibernate.event.spi.EventSource;
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
import org.hibernate.proxy.HibernateProxy;
import org.hibernate.proxy.LazyInitializer;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.OutboxException;
import dev.fullstate.outbox.aggregate.Aggregate;
import dev.fullstate.outbox.aggregate.Aggregates;
import dev.fullstate.outbox.aggregate.OwnerLink;
import dev.fullstate.outbox.contract.Operation;

/**
 * Marks what a flush changes; nothing is read or written here. The first mark of a transaction registers the callback that
 * turns the marks into events before the commit.
 */
final class ChangeListener
        implements PostInsertEventListener,
                PostUpdateEventListener,
                PostDeleteEventListener,
                PostUpsertEventListener,
                PostCollectionRecreateEventListener,
                PostCollectionUpdateEventListener,
                PostCollectionRemoveEventListener {

    private static final long serialVersionUID = 1L;

    private final transient Aggregates aggregates;
    private final transient ChangeSink sink;
    private final int maxAggregates;
    private final transient Map<SharedSessionContractImplementor, TransactionChanges> open = new ConcurrentHashMap<>();

    ChangeListener(Aggregates aggregates, ChangeSink sink, int maxAggregates) {
        this.aggregates = aggregates;
        this.sink = sink;
        this.maxAggregates = maxAggregates;
    }

    @Override
    public void onPostInsert(PostInsertEvent event) {
        entity(event, Operation.CREATE, event.getState(), null);
    }

    @Override
    public void onPostUpdate(PostUpdateEvent event) {
        entity(event, Operation.UPDATE, event.getState(), event.getOldState());
    }

    @Override
    public void onPostUpsert(PostUpsertEvent event) {
        entity(event, Operation.UPDATE, event.getState(), null);
    }

    @Override
    public void onPostDelete(PostDeleteEvent event) {
        Object[] deleted = event.getDeletedState();
        entity(
                event,
                Operation.DELETE,
                null,
                deleted == null ? event.getPersister().getValues(event.getEntity()) : deleted);
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

    @Override
    public boolean requiresPostCommitHandling(EntityPersister persister) {
        return false;
    }

    private void entity(
            AbstractPostDatabaseOperationEvent event,
            Operation operation,
            Object @Nullable [] state,
            Object @Nullable [] oldState) {
        EntityPersister entity = event.getPersister();
        Aggregate aggregate = aggregates.rootedAt(entity);
        if (aggregate != null) {
            RootChange change = changes(event.getSession(), entity).root(aggregate, entity, event.getId());
            if (operation == Operation.DELETE) {
                change.deleted(version(entity, oldState));
                return;
            }
            change.add(operation);
            if (!Objects.equals(version(entity, state), version(entity, oldState))) {
                change.versionRaised();
            }
            return;
        }
        for (OwnerLink link : aggregates.ownersOf(entity)) {
            TransactionChanges changes = changes(event.getSession(), entity);
            if (operation == Operation.DELETE) {
                changes.deletedPart(entity, event.getId());
            }
            if (link.backReference() == null) {
                changes.part(entity, event.getId());
            } else {
                int attribute = entity.getPropertyIndex(link.backReference());
                Object owner = ownerId(event.getSession(), link, state, attribute);
                Object oldOwner = ownerId(event.getSession(), link, oldState, attribute);
                owned(changes, link, owner, oldOwner, event.getEntity());
            }
        }
    }

    /** Marks the owner that a part refers to and the one that it referred to before: parts come, go and move. */
    private void owned(
            TransactionChanges changes,
            OwnerLink link,
            @Nullable Object owner,
            @Nullable Object oldOwner,
            Object part) {
        if (owner != null) {
            changes.changed(link.owner(), owner);
        }
        if (Objects.equals(owner, oldOwner)) {
            return;
        }
        if (owner != null) {
            changes.membership(new Membership(link, owner, part, true));
        }
        if (oldOwner != null) {
            changes.changed(link.owner(), oldOwner);
            changes.membership(new Membership(link, oldOwner, part, false));
        }
    }

    private static @Nullable Object ownerId(
            SharedSessionContractImplementor session, OwnerLink link, Object @Nullable [] state, int attribute) {
        Object owner = state == null ? null : state[attribute];
        if (owner == null) {
            return null;
        }
        LazyInitializer proxy = HibernateProxy.extractLazyInitializer(owner);
        return proxy == null ? link.owner().getIdentifier(owner, session) : proxy.getInternalIdentifier();
    }

    private void collection(AbstractCollectionEvent event) {
        CollectionPersister collection = event.getCollectionPersister();
        Object ownerId = event.getAffectedOwnerIdOrNull();
        if (ownerId == null || collection == null || !aggregates.include(collection)) {
            return;
        }
        EventSource session = sessionOf(event);
        if (session != null) {
            EntityPersister owner = collection.getOwnerEntityPersister();
            changes(session, owner).changed(owner, ownerId);
        }
    }

    private TransactionChanges changes(SharedSessionContractImplementor session, EntityPersister entity) {
        TransactionChanges changes = open.get(session);
        return changes == null ? begin(session, entity) : changes;
    }

    private TransactionChanges begin(SharedSessionContractImplementor session, EntityPersister entity) {
        if (!session.isTransactionInProgress()) {
            throw new OutboxException("A " + entity.getEntityName()
                    + " was written without a transaction, so its event could not be written together with it."
                    + " Write it in a transaction");
        }
        TransactionChanges changes = new TransactionChanges(aggregates, maxAggregates);
        open.put(session, changes);
        TransactionCompletionCallbacks callbacks = session.getTransactionCompletionCallbacks();
        callbacks.registerCallback((BeforeCompletionCallback) completing -> {
            open.remove(session);
            new BeforeCommit(session, aggregates, changes).handOver(sink);
        });
        callbacks.registerCallback((AfterCompletionCallback) (success, completed) -> open.remove(session, changes));
        return changes;
    }

    private static @Nullable Long version(EntityPersister entity, Object @Nullable [] state) {
        return state == null ? null : ((Number) state[entity.getVersionPropertyIndex()]).longValue();
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
