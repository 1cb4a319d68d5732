package dev.fullstate.outbox.reading;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.hibernate.engine.spi.EntityKey;
import org.hibernate.engine.spi.PersistenceContext;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.metamodel.mapping.PluralAttributeMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.aggregate.Aggregates;

/**
 * Reads the states of aggregates: with one query for the roots of a type, and one for each kind of collection, which in a tree
 * means one for each level; 1,000 keys at a time. A part that its owner refers to as one comes with the owner. An entity that an
 * aggregate only refers to is not loaded: it stays a proxy, or is in the same query where Hibernate knows no other way.
 *
 * <p>Two kinds of attribute cost a query for each row all the same, because Hibernate has no other way to load them: arrays with
 * rows of their own, and chains of parts of one class in which the next part has the key. Thread-safe.
 */
public final class StateReader {

    private final Aggregates aggregates;
    private final FetchPlan plan;
    private final StateFetching fetching;
    /** Translated queries by entity and, below, by collection. Both only grow, up to one for each mapping. */
    private final Map<String, KeyedSelect> byEntity = new ConcurrentHashMap<>();

    private final Map<String, KeyedSelect> byCollection = new ConcurrentHashMap<>();

    /** Plans the queries for the aggregates of a persistence unit; each is translated when it is first needed. */
    public StateReader(SessionFactoryImplementor sessionFactory, Aggregates aggregates) {
        this.aggregates = aggregates;
        this.plan = new FetchPlan(sessionFactory, aggregates);
        this.fetching = new StateFetching(sessionFactory, plan);
    }

    /**
     * Reads roots with everything that belongs to their states into a persistence context.
     *
     * @param session that has none of them yet, and no filters
     * @return as many roots, in this order; null for an id without a root
     */
    public List<@Nullable Object> read(SharedSessionContractImplementor session, EntityPersister root, List<?> ids) {
        entities(root).load(List.copyOf(ids), session);
        PersistenceContext context = session.getPersistenceContextInternal();
        List<@Nullable Object> roots = new ArrayList<>();
        for (Object id : ids) {
            EntityKey key = session.generateEntityKey(id, root);
            roots.add(context.getEntity(key));
        }
        new ReachedState(this, session).load(roots);
        return roots;
    }

    Aggregates aggregates() {
        return aggregates;
    }

    FetchPlan plan() {
        return plan;
    }

    KeyedSelect entities(EntityPersister entity) {
        return byEntity.computeIfAbsent(entity.getEntityName(), name -> KeyedSelect.of(entity, fetching));
    }

    KeyedSelect elements(PluralAttributeMapping collection) {
        return byCollection.computeIfAbsent(OwnedRoles.role(collection), role -> KeyedSelect.of(collection, fetching));
    }
}
