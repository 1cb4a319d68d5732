package dev.fullstate.outbox.autoconfigure;

import jakarta.persistence.EntityManagerFactory;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.aggregate.Aggregates;
import dev.fullstate.outbox.capture.Capture;
import dev.fullstate.outbox.envelope.Envelope;
import dev.fullstate.outbox.reading.StateReader;
import dev.fullstate.outbox.republish.CapturedDatabase.Unit;
import dev.fullstate.outbox.store.Outbox;

/**
 * A captured persistence unit.
 *
 * @param name of the entity manager factory's bean
 * @param outbox that its events are written to
 * @param entityManagerFactory to which Spring binds the current entity manager
 * @param sessionFactory the same, as Hibernate's own
 * @param aggregates that are captured
 * @param reader of their states
 * @param envelope turns their changes into events
 * @param capture takes marks from outside Hibernate
 */
record CapturedUnit(
        String name,
        Outbox outbox,
        EntityManagerFactory entityManagerFactory,
        SessionFactoryImplementor sessionFactory,
        Aggregates aggregates,
        StateReader reader,
        Envelope envelope,
        Capture capture) {

    /** Returns the entity with this class; null if it does not belong to this unit. */
    @Nullable
    EntityPersister entity(Class<?> type) {
        return sessionFactory.getMappingMetamodel().findEntityDescriptor(type);
    }

    /** Returns the unit in the form that republish jobs read. */
    Unit republished() {
        return new Unit(entityManagerFactory, sessionFactory, aggregates, reader, envelope);
    }
}
