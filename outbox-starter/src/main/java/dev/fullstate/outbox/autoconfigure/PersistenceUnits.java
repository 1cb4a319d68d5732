package dev.fullstate.outbox.autoconfigure;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.sql.DataSource;

import jakarta.persistence.EntityManagerFactory;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.orm.jpa.EntityManagerFactoryInfo;

import dev.fullstate.outbox.aggregate.AggregateResolver;
import dev.fullstate.outbox.aggregate.Aggregates;
import dev.fullstate.outbox.bulk.BulkOperations;
import dev.fullstate.outbox.capture.Capture;
import dev.fullstate.outbox.contract.OutboxEvent;
import dev.fullstate.outbox.envelope.Envelope;
import dev.fullstate.outbox.republish.Republisher.CapturedDatabase;
import dev.fullstate.outbox.republish.Republisher.Unit;
import dev.fullstate.outbox.schema.OutboxSchema;
import dev.fullstate.outbox.schema.RowSecurity;
import dev.fullstate.outbox.session.SessionConnection;
import dev.fullstate.outbox.store.Database;
import dev.fullstate.outbox.store.Outbox;
import dev.fullstate.outbox.store.OutboxStore;

/** The persistence units whose changes are captured, each into the outbox of its own database. */
final class PersistenceUnits {

    private static final Logger log = LoggerFactory.getLogger(PersistenceUnits.class);

    private final EnvelopeFactory envelopes;
    private final OutboxProperties properties;
    private final MigrationCredentials migrations;
    private final ObjectProvider<EntityManagerFactory> factories;
    private final List<CapturedUnit> captured = new CopyOnWriteArrayList<>();
    private final Set<EntityManagerFactory> seen = new HashSet<>();
    private @Nullable List<CapturedDatabase> databases;

    /**
     * A captured persistence unit.
     *
     * @param name of the entity manager factory's bean
     * @param outbox where its events are written to
     * @param entityManagerFactory to which Spring binds the current entity manager
     * @param sessionFactory the same, as Hibernate's own
     * @param aggregates what is captured
     * @param envelope how its changes are said
     * @param capture takes marks from outside Hibernate
     */
    record CapturedUnit(
            String name,
            Outbox outbox,
            EntityManagerFactory entityManagerFactory,
            SessionFactoryImplementor sessionFactory,
            Aggregates aggregates,
            Envelope envelope,
            Capture capture) {

        /** The entity with this class, if it belongs to this unit. */
        @Nullable
        EntityPersister entity(Class<?> type) {
            return sessionFactory.getMappingMetamodel().findEntityDescriptor(type);
        }

        private Unit republished() {
            return new Unit(entityManagerFactory, sessionFactory, aggregates, envelope);
        }
    }

    PersistenceUnits(
            EnvelopeFactory envelopes,
            OutboxProperties properties,
            MigrationCredentials migrations,
            ObjectProvider<EntityManagerFactory> factories) {
        this.envelopes = envelopes;
        this.properties = properties;
        this.migrations = migrations;
        this.factories = factories;
    }

    /** Attaches the capture, once: Spring shows a factory more than once if it is asked for while it is being created. */
    void add(String name, EntityManagerFactory entityManagerFactory) {
        if (!seen.contains(entityManagerFactory)) {
            attach(name, entityManagerFactory);
            seen.add(entityManagerFactory);
        }
    }

    /**
     * The outbox is made here, so that each database with captured entities gets one, and no other does. The application's own
     * migrations have run by now, since Spring Boot lets entity manager factories wait for them, and nobody can write yet.
     */
    private void attach(String name, EntityManagerFactory entityManagerFactory) {
        SessionFactoryImplementor sessionFactory = sessionFactory(entityManagerFactory);
        List<String> entities =
                sessionFactory == null ? List.of() : AggregateResolver.annotatedEntities(sessionFactory);
        if (sessionFactory == null || entities.isEmpty()) {
            return;
        }
        DataSource dataSource =
                entityManagerFactory instanceof EntityManagerFactoryInfo info ? info.getDataSource() : null;
        if (dataSource == null || !Databases.isPostgresql(dataSource)) {
            log.warn(
                    "Changes of {} are not captured: their entity manager factory '{}' {}",
                    entities,
                    sessionFactory.getName(),
                    dataSource == null ? "has no DataSource that Spring knows" : "is not on PostgreSQL");
            return;
        }
        Aggregates aggregates = AggregateResolver.resolve(sessionFactory);
        Envelope envelope = envelopes.create(aggregates);
        Outbox outbox =
                OutboxSchema.locate(new Outbox(dataSource, properties.schema().names()));
        if (properties.schema().initialize()) {
            OutboxSchema.migrate(new Outbox(migrations.of(dataSource), outbox.names()));
        }
        OutboxSchema.verify(outbox);
        warnOfRowSecurity(outbox, aggregates, sessionFactory);
        OutboxStore store = new OutboxStore(outbox.names());
        Capture capture = Capture.install(
                sessionFactory,
                aggregates,
                (session, changes) -> {
                    List<OutboxEvent> events = envelope.changed(changes);
                    SessionConnection.run(session, connection -> store.append(connection, events));
                },
                properties.capture().maxAggregatesPerTransaction());
        BulkOperations.watch(sessionFactory, aggregates, properties.capture().bulkOperations());
        captured.add(
                new CapturedUnit(name, outbox, entityManagerFactory, sessionFactory, aggregates, envelope, capture));
        log.info("Changes of {} are captured", aggregates.all());
    }

    /** A state is what the role sees of it when it commits; whether that is all of it, only the policies' author knows. */
    private static void warnOfRowSecurity(
            Outbox outbox, Aggregates aggregates, SessionFactoryImplementor sessionFactory) {
        List<String> tables = RowSecurity.activeOn(outbox, tables(aggregates, sessionFactory));
        if (!tables.isEmpty()) {
            log.warn(
                    "Row-level security is active on {} for the application's role: events have those rows of an aggregate that the"
                            + " role sees when its change commits, and republish jobs fail. Remedy where policies hide"
                            + " rows of an aggregate from those who change it: ALTER ROLE ... BYPASSRLS;",
                    tables);
        }
    }

    /** Where the states of all aggregates are. */
    private static Set<String> tables(Aggregates aggregates, SessionFactoryImplementor sessionFactory) {
        Set<String> tables = new TreeSet<>();
        sessionFactory.getMappingMetamodel().forEachEntityDescriptor(entity -> {
            if (!aggregates.reachedFrom(entity).isEmpty()) {
                Stream.of(entity.getQuerySpaces()).map(Object::toString).forEach(tables::add);
            }
        });
        sessionFactory.getMappingMetamodel().forEachCollectionDescriptor(collection -> {
            if (aggregates.include(collection)) {
                Stream.of(collection.getCollectionSpaces())
                        .map(Object::toString)
                        .forEach(tables::add);
            }
        });
        return tables;
    }

    /** Null for another provider's; Hibernate need not be the only one on the class path. */
    private static @Nullable SessionFactoryImplementor sessionFactory(EntityManagerFactory entityManagerFactory) {
        EntityManagerFactory target = entityManagerFactory instanceof EntityManagerFactoryInfo info
                ? info.getNativeEntityManagerFactory()
                : entityManagerFactory;
        return target instanceof SessionFactoryImplementor sessionFactory ? sessionFactory : null;
    }

    /** The units of which something is captured, in the order in which they were created. */
    List<CapturedUnit> captured() {
        return captured;
    }

    /**
     * The databases that have an outbox, each named after the first unit that writes to it. Makes the entity manager factories that are not
     * there yet, as in an application with lazy initialization: what looks after an outbox runs from the start.
     */
    synchronized List<CapturedDatabase> databases() {
        if (databases == null) {
            factories.stream().forEach(factory -> log.debug("{} is there", factory));
            Map<DataSource, List<CapturedUnit>> units = captured.stream()
                    .collect(Collectors.groupingBy(
                            unit -> unit.outbox().dataSource(), LinkedHashMap::new, Collectors.toList()));
            databases = units.values().stream().map(PersistenceUnits::database).toList();
        }
        return databases;
    }

    private static CapturedDatabase database(List<CapturedUnit> units) {
        CapturedUnit first = units.get(0);
        return new CapturedDatabase(
                first.name(),
                new Database(first.outbox(), Databases.jta(first.sessionFactory())),
                units.stream().map(CapturedUnit::republished).toList());
    }
}
