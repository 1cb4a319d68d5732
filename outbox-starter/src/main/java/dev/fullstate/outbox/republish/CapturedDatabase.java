package dev.fullstate.outbox.republish;

import java.util.List;

import jakarta.persistence.EntityManagerFactory;
import org.hibernate.engine.spi.SessionFactoryImplementor;

import dev.fullstate.outbox.aggregate.Aggregates;
import dev.fullstate.outbox.envelope.Envelope;
import dev.fullstate.outbox.reading.StateReader;
import dev.fullstate.outbox.store.Database;

/**
 * A database with an outbox, and all persistence units that write to it. Their jobs are its rows.
 *
 * @param name for messages
 * @param database where the outbox is
 * @param units at least one
 */
public record CapturedDatabase(String name, Database database, List<Unit> units) {

    public CapturedDatabase {
        units = List.copyOf(units);
    }

    /**
     * A persistence unit with captured entities.
     *
     * @param entityManagerFactory as the application has it
     * @param sessionFactory the same as Hibernate's own
     * @param aggregates that are captured
     * @param reader of their states
     * @param envelope turns the states into events
     */
    public record Unit(
            EntityManagerFactory entityManagerFactory,
            SessionFactoryImplementor sessionFactory,
            Aggregates aggregates,
            StateReader reader,
            Envelope envelope) {}
}
