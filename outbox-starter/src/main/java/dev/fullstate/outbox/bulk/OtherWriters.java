package dev.fullstate.outbox.bulk;

import java.util.Set;

import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.event.service.spi.EventListenerRegistry;
import org.hibernate.event.spi.EventType;
import org.hibernate.event.spi.PreDeleteEvent;
import org.hibernate.event.spi.PreDeleteEventListener;
import org.hibernate.event.spi.PreInsertEvent;
import org.hibernate.event.spi.PreInsertEventListener;
import org.hibernate.event.spi.PreUpdateEvent;
import org.hibernate.event.spi.PreUpdateEventListener;
import org.hibernate.event.spi.PreUpsertEvent;
import org.hibernate.event.spi.PreUpsertEventListener;
import org.hibernate.persister.entity.EntityPersister;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.fullstate.outbox.OutboxException;
import dev.fullstate.outbox.aggregate.Aggregate;
import dev.fullstate.outbox.aggregate.Aggregates;
import dev.fullstate.outbox.aggregate.Aggregates.Write;
import dev.fullstate.outbox.bulk.BulkOperations.Policy;

/**
 * Decides about writes of entities that have a table in common with captured aggregates. Hibernate's events tell of
 * such an entity, and not of the aggregate whose row it is, so nothing is captured (docs/adr/0010). Reading is nobody's concern.
 */
final class OtherWriters
        implements PreInsertEventListener, PreUpdateEventListener, PreDeleteEventListener, PreUpsertEventListener {

    private static final long serialVersionUID = 1L;

    private static final Logger log = LoggerFactory.getLogger(OtherWriters.class);

    private final transient Aggregates aggregates;
    private final Policy policy;

    private OtherWriters(Aggregates aggregates, Policy policy) {
        this.aggregates = aggregates;
        this.policy = policy;
    }

    /** Applies the policy to all later writes of a session factory. */
    static void watch(SessionFactoryImplementor sessionFactory, Aggregates aggregates, Policy policy) {
        OtherWriters writers = new OtherWriters(aggregates, policy);
        EventListenerRegistry registry = sessionFactory.getEventListenerRegistry();
        registry.appendListeners(EventType.PRE_INSERT, writers);
        registry.appendListeners(EventType.PRE_UPDATE, writers);
        registry.appendListeners(EventType.PRE_DELETE, writers);
        registry.appendListeners(EventType.PRE_UPSERT, writers);
    }

    @Override
    public boolean onPreInsert(PreInsertEvent event) {
        check(event.getPersister(), event.getId(), "insert", Write.INSERT);
        return false;
    }

    @Override
    public boolean onPreUpdate(PreUpdateEvent event) {
        check(event.getPersister(), event.getId(), "update", Write.UPDATE);
        return false;
    }

    @Override
    public boolean onPreDelete(PreDeleteEvent event) {
        check(event.getPersister(), event.getId(), "delete", Write.DELETE);
        return false;
    }

    @Override
    public boolean onPreUpsert(PreUpsertEvent event) {
        check(event.getPersister(), event.getId(), "upsert", Write.INSERT);
        return false;
    }

    private void check(EntityPersister entity, Object id, String kind, Write write) {
        Set<Aggregate> changed = aggregates.sharing(entity, write);
        if (changed.isEmpty()) {
            return;
        }
        String found = "The " + kind + " of " + entity.getEntityName() + " " + id
                + " bypasses capture: its table belongs to aggregates of " + changed
                + ", which change without an event";
        if (policy == Policy.FAIL) {
            throw new OutboxException(found
                    + ", so it is refused. Write the aggregate's own entity. Or set outbox.capture.bulk-operations=allow"
                    + " and, in the same transaction, name the changed aggregates with FullStateEvents.markChanged");
        }
        log.warn("{}. Name the changed aggregates with FullStateEvents.markChanged in the same transaction", found);
    }
}
