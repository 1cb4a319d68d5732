package dev.fullstate.outbox.autoconfigure;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

import javax.sql.DataSource;

import jakarta.persistence.EntityManagerFactory;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.orm.jpa.EntityManagerFactoryInfo;

import dev.fullstate.outbox.aggregate.AggregateResolver;
import dev.fullstate.outbox.republish.CapturedDatabase;
import dev.fullstate.outbox.store.Database;

/** The persistence units whose changes are captured, each into the outbox of its own database. */
final class PersistenceUnits {

    private static final Logger log = LoggerFactory.getLogger(PersistenceUnits.class);

    private final ChangeFlow flow;
    private final ObjectProvider<EntityManagerFactory> factories;

    /** Only grows, while entity manager factories are created. */
    private final List<CapturedUnit> captured = new CopyOnWriteArrayList<>();

    /** Every factory that was passed, captured or not. Confined to the thread that creates the singletons. */
    private final Set<EntityManagerFactory> seen = new HashSet<>();

    /** Null until first asked for; then final, because all factories exist by then. */
    private @Nullable List<CapturedDatabase> databases;

    PersistenceUnits(ChangeFlow flow, ObjectProvider<EntityManagerFactory> factories) {
        this.flow = flow;
        this.factories = factories;
    }

    /**
     * Attaches the capture to a factory, once: Spring passes a factory more than once if a bean asks for it while it is being
     * created.
     */
    void add(String name, EntityManagerFactory entityManagerFactory) {
        if (!seen.contains(entityManagerFactory)) {
            attach(name, entityManagerFactory);
            seen.add(entityManagerFactory);
        }
    }

    /**
     * Connects the unit if it has annotated entities, which also creates the outbox: so each database with captured entities gets
     * one, and no other does (docs/adr/0012). The application's own migrations have run by now, since Spring Boot makes entity
     * manager factories wait for them, and no bean can write yet.
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
        CapturedUnit unit = flow.connect(name, entityManagerFactory, sessionFactory, dataSource);
        captured.add(unit);
        log.info("Changes of {} are captured", unit.aggregates().all());
    }

    /** Returns null for the factory of another provider: Hibernate need not be the only one on the class path. */
    private static @Nullable SessionFactoryImplementor sessionFactory(EntityManagerFactory entityManagerFactory) {
        EntityManagerFactory target = entityManagerFactory instanceof EntityManagerFactoryInfo info
                ? info.getNativeEntityManagerFactory()
                : entityManagerFactory;
        return target instanceof SessionFactoryImplementor sessionFactory ? sessionFactory : null;
    }

    /** Returns the units with captured entities, in the order of their creation. */
    List<CapturedUnit> captured() {
        return captured;
    }

    /**
     * Returns the databases that have an outbox, each named after the first unit that writes to it. The call creates entity
     * manager factories that do not exist yet, as in an application with lazy initialization: retention and republish run from
     * the start.
     */
    synchronized List<CapturedDatabase> databases() {
        if (databases == null) {
            // The iteration creates each factory, and CaptureInstaller then adds it here.
            factories.forEach(factory -> {});
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
