package dev.fullstate.outbox.reading;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.metamodel.mapping.PluralAttributeMapping;
import org.hibernate.persister.collection.CollectionPersister;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.aggregate.Aggregates;
import dev.fullstate.outbox.session.RoundTrip;

/**
 * Reads the states of aggregates: with one query for the roots of a type, and one for each kind of collection, which in a tree
 * means one for each level; 1,000 keys at a time. The queries for roots and for their own collections share a round trip. A part
 * that its owner refers to as one comes with the owner. An entity that an aggregate only refers to is not loaded: it stays a proxy,
 * or is in the same query where Hibernate knows no other way.
 *
 * <p>Two kinds of attribute cost a query for each row all the same, because Hibernate has no other way to load them: arrays with
 * rows of their own, and chains of parts of one class in which the next part has the key. Thread-safe.
 */
public final class StateReader {

    private final Aggregates aggregates;
    private final boolean together;
    private final FetchPlan plan;
    private final StateFetching fetching;
    /** Translated queries by entity and, below, by collection. Both only grow, up to one for each mapping. */
    private final Map<String, KeyedSelect> byEntity = new ConcurrentHashMap<>();

    private final Map<String, KeyedSelect> byCollection = new ConcurrentHashMap<>();

    /** Some of {@link #byCollection}, by the entity that has the collections. */
    private final Map<String, List<KeyedSelect>> keyedById = new ConcurrentHashMap<>();

    /**
     * Plans the queries for the aggregates of a persistence unit; each is translated when it is first needed.
     *
     * @param together whether queries that need not wait for each other's answers share a round trip
     */
    public StateReader(SessionFactoryImplementor sessionFactory, Aggregates aggregates, boolean together) {
        this.aggregates = aggregates;
        this.together = together;
        this.plan = new FetchPlan(sessionFactory, aggregates);
        this.fetching = new StateFetching(sessionFactory, plan);
    }

    /** Begins a round trip of a session to its database. */
    public RoundTrip roundTrip(SharedSessionContractImplementor session) {
        return new RoundTrip(session, together);
    }

    /**
     * Reads roots with everything that belongs to their states into a persistence context.
     *
     * @param session that has none of them yet, and no filters
     * @return as many roots, in this order; null for an id without a root
     */
    public List<@Nullable Object> read(SharedSessionContractImplementor session, EntityPersister root, List<?> ids) {
        RoundTrip trip = roundTrip(session);
        AskedStates states = ask(trip, session, root, ids, ids);
        trip.send();
        return states.complete();
    }

    /**
     * Asks for roots with everything that belongs to their states, in a round trip that may have other queries too.
     *
     * @param trip of the session; the caller sends it, and completes the states then
     * @param session that has none of the roots yet, and no filters
     * @param expected those of the ids whose roots are probably there: their collections are asked for with them
     */
    public AskedStates ask(
            RoundTrip trip,
            SharedSessionContractImplementor session,
            EntityPersister root,
            List<?> ids,
            Collection<?> expected) {
        entities(root).ask(trip, List.copyOf(ids), session);
        if (together) {
            collections(root).forEach(collection -> collection.ask(trip, List.copyOf(expected), session));
        }
        return new AskedStates(this, session, root, ids);
    }

    Aggregates aggregates() {
        return aggregates;
    }

    FetchPlan plan() {
        return plan;
    }

    KeyedSelect entities(EntityPersister entity) {
        return byEntity.computeIfAbsent(entity.getEntityName(), name -> new EntitySelect(entity, fetching));
    }

    KeyedSelect elements(PluralAttributeMapping collection) {
        return byCollection.computeIfAbsent(
                OwnedRoles.role(collection), role -> new ElementSelect(collection, fetching));
    }

    /** Returns the selects of those collections whose keys are the ids of the entities that have them. */
    private List<KeyedSelect> collections(EntityPersister entity) {
        return keyedById.computeIfAbsent(entity.getEntityName(), name -> {
            List<KeyedSelect> selects = new ArrayList<>();
            entity.forEachAttributeMapping(attribute -> {
                if (attribute instanceof PluralAttributeMapping collection && isKeyedById(collection)) {
                    selects.add(elements(collection));
                }
            });
            return List.copyOf(selects);
        });
    }

    private boolean isKeyedById(PluralAttributeMapping collection) {
        CollectionPersister role = collection.getCollectionDescriptor();
        return aggregates.includes(role)
                && !role.isArray()
                && collection.getKeyDescriptor().getTargetPart().isEntityIdentifierMapping();
    }
}
