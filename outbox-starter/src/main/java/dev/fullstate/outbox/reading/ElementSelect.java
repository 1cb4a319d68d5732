package dev.fullstate.outbox.reading;

import java.util.List;
import java.util.Objects;

import org.hibernate.collection.spi.PersistentCollection;
import org.hibernate.engine.spi.CollectionKey;
import org.hibernate.engine.spi.PersistenceContext;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.metamodel.mapping.PluralAttributeMapping;
import org.hibernate.persister.collection.CollectionPersister;
import org.hibernate.sql.results.internal.ResultsHelper;

/**
 * Selects the elements of collections by the key that their owners have for them. Collections of owners that are not loaded, or of which
 * one is loaded already, stay as they are: all that are asked for together, because their rows come together.
 */
final class ElementSelect extends KeyedSelect {

    private final CollectionPersister role;

    ElementSelect(PluralAttributeMapping collection, StateFetching fetching) {
        super(
                collection,
                collection.getKeyDescriptor(),
                collection.getKeyDescriptor().getKeyPart(),
                fetching);
        this.role = collection.getCollectionDescriptor();
    }

    @Override
    void read(List<Object> keys, SharedSessionContractImplementor session, Runnable load) {
        PersistenceContext context = session.getPersistenceContextInternal();
        List<PersistentCollection<?>> waiting = keys.stream()
                .<PersistentCollection<?>>map(key -> context.getCollection(new CollectionKey(role, key)))
                .filter(Objects::nonNull)
                .filter(collection -> !collection.wasInitialized())
                .toList();
        if (waiting.size() == keys.size()) {
            load.run();
            waiting.forEach(collection -> finish(context, collection));
        }
    }

    /** Initializes a collection that has no rows and so was not in the result. */
    private void finish(PersistenceContext context, PersistentCollection<?> collection) {
        if (!collection.wasInitialized()) {
            collection.initializeEmptyCollection(role);
            Object key = context.getCollectionEntry(collection).getLoadedKey();
            ResultsHelper.finalizeCollectionLoading(context, role, collection, key, true);
        }
    }
}
