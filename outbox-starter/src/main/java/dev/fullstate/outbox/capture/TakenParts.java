package dev.fullstate.outbox.capture;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

import org.hibernate.StatelessSession;
import org.hibernate.collection.spi.CollectionSemantics;
import org.hibernate.collection.spi.PersistentCollection;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.event.spi.AbstractCollectionEvent;
import org.hibernate.event.spi.AbstractPreDatabaseOperationEvent;
import org.hibernate.event.spi.EventSource;
import org.hibernate.event.spi.PreCollectionRecreateEvent;
import org.hibernate.event.spi.PreCollectionRecreateEventListener;
import org.hibernate.event.spi.PreCollectionUpdateEvent;
import org.hibernate.event.spi.PreCollectionUpdateEventListener;
import org.hibernate.event.spi.PreInsertEvent;
import org.hibernate.event.spi.PreInsertEventListener;
import org.hibernate.event.spi.PreUpdateEvent;
import org.hibernate.event.spi.PreUpdateEventListener;
import org.hibernate.event.spi.PreUpsertEvent;
import org.hibernate.event.spi.PreUpsertEventListener;
import org.hibernate.metamodel.mapping.PluralAttributeMapping;
import org.hibernate.persister.collection.CollectionPersister;
import org.hibernate.persister.entity.EntityPersister;

import dev.fullstate.outbox.aggregate.Aggregates;
import dev.fullstate.outbox.aggregate.OwnerLink;

/**
 * Marks the owners that lose a part to another one's collection. Where the column that refers to the owner belongs to the
 * collection ({@code @OneToMany} with {@code @JoinColumn}), adding a part there takes it away from an owner of which the session
 * need not know anything. Parts that the transaction itself has inserted cost no query.
 */
final class TakenParts
        implements PreCollectionRecreateEventListener,
                PreCollectionUpdateEventListener,
                PreInsertEventListener,
                PreUpdateEventListener,
                PreUpsertEventListener {

    private static final long serialVersionUID = 1L;

    private final transient Aggregates aggregates;
    private final transient MarkedTransactions transactions;
    private final transient PresentOwners owners;

    TakenParts(Aggregates aggregates, MarkedTransactions transactions, PresentOwners owners) {
        this.aggregates = aggregates;
        this.transactions = transactions;
        this.owners = owners;
    }

    @Override
    public void onPreRecreateCollection(PreCollectionRecreateEvent event) {
        written(event, true);
    }

    @Override
    public void onPreUpdateCollection(PreCollectionUpdateEvent event) {
        written(event, false);
    }

    /** Looks at the elements whose rows the flush is going to write, as Hibernate's own persister chooses them. */
    private void written(AbstractCollectionEvent event, boolean recreated) {
        CollectionPersister collection = event.getCollectionPersister();
        EventSource session = ChangeListener.sessionOf(event);
        if (session == null || collection == null || !takes(collection)) {
            return;
        }
        PersistentCollection<?> elements = event.getCollection();
        boolean all = recreated || elements.needsRecreate(collection);
        List<Object> written = new ArrayList<>();
        Iterator<?> entries = elements.entries(collection);
        for (int i = 0; entries.hasNext(); i++) {
            Object entry = entries.next();
            if (all
                    || elements.includeInInsert(entry, i, elements, collection.getAttributeMapping())
                    || elements.needsUpdating(entry, i, collection.getAttributeMapping())) {
                written.add(elements.getElement(entry));
            }
        }
        mark(session, collection, written);
    }

    @Override
    public boolean onPreInsert(PreInsertEvent event) {
        withCollections(event);
        return false;
    }

    @Override
    public boolean onPreUpdate(PreUpdateEvent event) {
        withCollections(event);
        return false;
    }

    @Override
    public boolean onPreUpsert(PreUpsertEvent event) {
        withCollections(event);
        return false;
    }

    /** Looks at all elements of all collections of an entity: a stateless session writes them with the entity. */
    private void withCollections(AbstractPreDatabaseOperationEvent event) {
        EntityPersister owner = event.getPersister();
        if (event.getSession() instanceof StatelessSession && owner.hasOwnedCollections()) {
            owner.forEachAttributeMapping(attribute -> {
                if (attribute instanceof PluralAttributeMapping plural && takes(plural.getCollectionDescriptor())) {
                    collection(event, plural);
                }
            });
        }
    }

    private void collection(AbstractPreDatabaseOperationEvent event, PluralAttributeMapping attribute) {
        Object value = attribute.getPropertyAccess().getGetter().get(event.getEntity());
        if (value == null || (value instanceof PersistentCollection<?> lazy && !lazy.wasInitialized())) {
            return;
        }
        CollectionPersister collection = attribute.getCollectionDescriptor();
        List<Object> elements = new ArrayList<>();
        elementsOf(value, collection).forEachRemaining(elements::add);
        mark(event.getSession(), collection, elements);
    }

    @SuppressWarnings("unchecked") // The semantics are those of the value's own mapping.
    private static <C> Iterator<?> elementsOf(Object value, CollectionPersister collection) {
        return ((CollectionSemantics<C, ?>) collection.getCollectionSemantics()).getElementIterator((C) value);
    }

    private boolean takes(CollectionPersister collection) {
        return collection.isOneToMany() && !collection.isInverse() && aggregates.includes(collection);
    }

    private void mark(SharedSessionContractImplementor session, CollectionPersister collection, List<Object> elements) {
        EntityPersister part = collection.getElementPersister();
        for (OwnerLink link : aggregates.ownersOf(part)) {
            if (link.leadsThrough(collection)) {
                TransactionChanges changes = transactions.toMark(session, part);
                List<Object> ids = new ArrayList<>();
                for (Object element : elements) {
                    Object id = element == null ? null : OwnerLink.id(part, element, session);
                    if (id != null && !changes.parts().isCreated(new PartChange(part, id, link))) {
                        ids.add(id);
                    }
                }
                if (!ids.isEmpty()) {
                    owners.mark(session, changes, part, link, ids);
                }
            }
        }
    }
}
