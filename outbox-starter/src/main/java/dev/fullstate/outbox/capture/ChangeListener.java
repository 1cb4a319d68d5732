package dev.fullstate.outbox.capture;

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

import dev.fullstate.outbox.aggregate.Aggregates;
import dev.fullstate.outbox.contract.Operation;

/**
 * Hands each change that a flush writes to the marks of its transaction, if the change belongs to a captured aggregate. The
 * listener reads and writes nothing: {@link BeforeCommit} turns the marks into changes before the commit.
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

    ChangeListener(Aggregates aggregates, MarkedTransactions transactions) {
        this.aggregates = aggregates;
        this.transactions = transactions;
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

    @Override
    public boolean requiresPostCommitHandling(EntityPersister persister) {
        return false;
    }

    private void entity(EntityChange change) {
        if (aggregates.includes(change.entity())) {
            transactions.toMark(change.session(), change.entity()).written(change);
        }
    }

    private void collection(AbstractCollectionEvent event) {
        CollectionPersister collection = event.getCollectionPersister();
        Object ownerId = event.getAffectedOwnerIdOrNull();
        if (ownerId == null || collection == null || !aggregates.includes(collection)) {
            return;
        }
        EventSource session = sessionOf(event);
        if (session != null) {
            EntityPersister owner = ownerOf(event, collection, session);
            transactions.toMark(session, owner).changed(owner, ownerId);
        }
    }

    /** Returns the entity that has the collection. The entity that declares it may be a superclass that is not captured. */
    private static EntityPersister ownerOf(
            AbstractCollectionEvent event, CollectionPersister collection, EventSource session) {
        String name = event.getAffectedOwnerEntityName();
        return name == null
                ? collection.getOwnerEntityPersister()
                : session.getFactory().getMappingMetamodel().getEntityDescriptor(name);
    }

    /**
     * Returns null for a stateless session, whose collection events have no session; there the entity's own event marks the root.
     */
    static @Nullable EventSource sessionOf(AbstractCollectionEvent event) {
        try {
            return event.getSession();
        } catch (NullPointerException e) {
            return null;
        }
    }
}
