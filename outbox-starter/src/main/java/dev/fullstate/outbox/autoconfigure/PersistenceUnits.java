package dev.fullstate.outbox.autoconfigure;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import javax.sql.DataSource;

import jakarta.persistence.EntityManagerFactory;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.orm.jpa.EntityManagerFactoryInfo;

import dev.fullstate.outbox.aggregate.AggregateResolver;
import dev.fullstate.outbox.aggregate.Aggregates;
import dev.fullstate.outbox.capture.Capture;
import dev.fullstate.outbox.contract.OutboxEvent;
import dev.fullstate.outbox.envelope.Envelope;
import dev.fullstate.outbox.store.OutboxStore;

/** The persistence units whose changes are captured. */
final class PersistenceUnits {

    private static final Logger log = LoggerFactory.getLogger(PersistenceUnits.class);

    private final EnvelopeFactory envelopes;
    private final int maxAggregatesPerTransaction;
    private final Map<SessionFactoryImplementor, PersistenceUnit> units = new HashMap<>();
    private final Set<EntityManagerFactory> seen = new HashSet<>();

    /**
     * A captured persistence unit.
     *
     * @param aggregates what is captured
     * @param envelope how its changes are said
     */
    record PersistenceUnit(Aggregates aggregates, Envelope envelope) {}

    PersistenceUnits(EnvelopeFactory envelopes, int maxAggregatesPerTransaction) {
        this.envelopes = envelopes;
        this.maxAggregatesPerTransaction = maxAggregatesPerTransaction;
    }

    /** Attaches the capture, once: Spring shows a factory more than once if it is asked for while it is being created. */
    void add(EntityManagerFactory entityManagerFactory) {
        if (!seen.contains(entityManagerFactory)) {
            attach(entityManagerFactory);
            seen.add(entityManagerFactory);
        }
    }

    private void attach(EntityManagerFactory entityManagerFactory) {
        DataSource dataSource =
                entityManagerFactory instanceof EntityManagerFactoryInfo info ? info.getDataSource() : null;
        if (dataSource == null || !Databases.isPostgresql(dataSource)) {
            log.warn("Changes are not captured for an entity manager factory that is not on PostgreSQL");
            return;
        }
        SessionFactoryImplementor sessionFactory = entityManagerFactory.unwrap(SessionFactoryImplementor.class);
        Aggregates aggregates = AggregateResolver.resolve(sessionFactory);
        if (aggregates.all().isEmpty()) {
            return;
        }
        Envelope envelope = envelopes.create(aggregates);
        Capture.install(
                sessionFactory,
                aggregates,
                (session, changes) -> {
                    List<OutboxEvent> events = envelope.changed(changes);
                    session.doWork(connection -> OutboxStore.append(connection, events));
                },
                maxAggregatesPerTransaction);
        units.put(sessionFactory, new PersistenceUnit(aggregates, envelope));
        log.info("Changes of {} are captured", aggregates.all());
    }

    /** Whether anything is captured; known when all entity manager factories are there. */
    boolean isCapturing() {
        return !units.isEmpty();
    }

    /** The unit of this factory; without any aggregate if nothing of it is captured. */
    PersistenceUnit of(EntityManagerFactory entityManagerFactory) {
        PersistenceUnit unit = units.get(entityManagerFactory.unwrap(SessionFactoryImplementor.class));
        if (unit != null) {
            return unit;
        }
        Aggregates none = Aggregates.none();
        return new PersistenceUnit(none, envelopes.create(none));
    }
}
