package dev.fullstate.outbox.reading;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;

import org.hibernate.Hibernate;
import org.hibernate.collection.spi.PersistentCollection;
import org.hibernate.engine.spi.PersistenceContext;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.metamodel.mapping.PluralAttributeMapping;
import org.hibernate.persister.collection.CollectionPersister;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.proxy.HibernateProxy;
import org.hibernate.proxy.LazyInitializer;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.aggregate.AssociationPath;
import dev.fullstate.outbox.session.RoundTrip;

/**
 * Walks from roots to everything that belongs to them, level by level, and loads the parts and collections that are not loaded
 * yet. Used once, on one thread.
 */
final class ReachedState {

    private final StateReader reader;
    private final SharedSessionContractImplementor session;
    private final PersistenceContext context;

    /**
     * Roots and parts found so far. An entity that is only referred to may be loaded too, but is not here: its collections need
     * not be.
     */
    private final Set<Object> reached = Collections.newSetFromMap(new IdentityHashMap<>());

    /** A subset of {@link #reached}: the entities of this level whose parts have not been visited. Empty at the end. */
    private final Queue<Object> toSee = new ArrayDeque<>();

    /** Collections of reached entities that are loaded. */
    private final Set<Object> seenCollections = Collections.newSetFromMap(new IdentityHashMap<>());

    ReachedState(StateReader reader, SharedSessionContractImplementor session) {
        this.reader = reader;
        this.session = session;
        this.context = session.getPersistenceContextInternal();
    }

    void load(Collection<? extends @Nullable Object> roots) {
        roots.forEach(this::reach);
        while (!toSee.isEmpty()) {
            loadParts();
            loadCollections();
        }
    }

    private void reach(@Nullable Object entity) {
        if (entity != null && reached.add(entity)) {
            toSee.add(entity);
        }
    }

    /** Finds the parts that an owner refers to as one. They came with their owner, except those that can form a chain. */
    private void loadParts() {
        Map<EntityPersister, List<Object>> waiting = new LinkedHashMap<>();
        List<Object> proxies = new ArrayList<>();
        for (Object entity = toSee.poll(); entity != null; entity = toSee.poll()) {
            EntityPersister persister = context.getEntry(entity).getPersister();
            List<AssociationPath> paths = reader.aggregates().partsOf(persister);
            Object[] state = paths.isEmpty() ? null : persister.getValues(entity);
            for (AssociationPath path : paths) {
                Object part = path.read(persister, entity, state);
                LazyInitializer proxy = HibernateProxy.extractLazyInitializer(part);
                if (proxy != null && proxy.isUninitialized()) {
                    EntityPersister of =
                            session.getFactory().getMappingMetamodel().getEntityDescriptor(proxy.getEntityName());
                    waiting.computeIfAbsent(of, name -> new ArrayList<>()).add(proxy.getInternalIdentifier());
                    proxies.add(part);
                } else if (part != null) {
                    reach(Hibernate.unproxy(part));
                }
            }
        }
        waiting.forEach((entity, ids) -> load(reader.entities(entity), ids));
        proxies.forEach(proxy -> reach(Hibernate.unproxy(proxy)));
    }

    private void loadCollections() {
        Map<CollectionPersister, List<PersistentCollection<?>>> byRole = new LinkedHashMap<>();
        context.forEachCollectionEntry(
                (collection, entry) -> {
                    CollectionPersister role = entry.getLoadedPersister();
                    if (role != null
                            && reader.aggregates().includes(role)
                            && reached.contains(collection.getOwner())
                            && seenCollections.add(collection)) {
                        byRole.computeIfAbsent(role, key -> new ArrayList<>()).add(collection);
                    }
                },
                true);
        byRole.forEach(this::load);
    }

    private void load(CollectionPersister role, List<PersistentCollection<?>> collections) {
        PluralAttributeMapping mapping = role.getAttributeMapping();
        List<PersistentCollection<?>> waiting = collections.stream()
                .filter(collection -> !collection.wasInitialized())
                .toList();
        if (!waiting.isEmpty()) {
            load(reader.elements(mapping), waiting.stream().map(this::key).toList());
        }
        if (reader.plan().isOwned(mapping)) {
            collections.forEach(collection -> elements(role, collection).forEach(this::reach));
        }
    }

    private void load(KeyedSelect select, List<Object> keys) {
        RoundTrip trip = reader.roundTrip(session);
        select.ask(trip, keys, session);
        trip.send();
    }

    private Object key(PersistentCollection<?> collection) {
        return context.getCollectionEntry(collection).getLoadedKey();
    }

    private static List<Object> elements(CollectionPersister role, PersistentCollection<?> collection) {
        List<Object> elements = new ArrayList<>();
        collection.entries(role).forEachRemaining(element -> {
            Object value = element instanceof Map.Entry<?, ?> entry ? entry.getValue() : element;
            if (value != null) {
                elements.add(Hibernate.unproxy(value));
            }
        });
        return elements;
    }
}
