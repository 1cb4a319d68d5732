package dev.fullstate.outbox.ids;

import java.net.URLClassLoader;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TimeZone;
import java.util.UUID;

import jakarta.persistence.EntityManager;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.annotation.Configuration;

import dev.fullstate.outbox.FullStateEvents;
import dev.fullstate.outbox.aggregate.Aggregate;
import dev.fullstate.outbox.aggregate.AggregateResolver;
import dev.fullstate.outbox.harness.server.Databases;
import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.jobs.Job;
import dev.fullstate.outbox.republish.RepublishRequest;
import dev.fullstate.outbox.republish.Republisher;
import dev.fullstate.outbox.shop.OutboxRow;
import dev.fullstate.outbox.shop.ShopApplication;
import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * For ids of every kind, and however an application writes them, an aggregate has one key: that of the id that the database
 * returns. The ids here have more digits, fewer blanks or other letters while they are only in memory.
 */
class EveryKindOfIdIT {

    private static final TimeZone ZONE = TimeZone.getDefault();
    private static final Locale LOCALE = Locale.getDefault();

    /** Ids of which the database makes another value: Hibernate itself finds no row by the one in memory. */
    private static final Set<String> ROUNDED = Set.of(
            "Decimal", "LocalDateTimeMillis", "LocalDateTimeWhole", "InstantMillis", "TimeOnly", "Embedded", "IdClass");

    @TempDir
    static Path classes;

    private static PostgresServer postgres;
    private static ShopApplication application;
    private static URLClassLoader entities;
    private static ClassLoader before;

    @Configuration(proxyBeanMethods = false)
    @EntityScan(basePackages = IdEntities.PACKAGE)
    static class Mappings {}

    @BeforeAll
    static void start() throws Exception {
        postgres = SharedServers.postgres();
        String url = Databases.recreate(postgres, "ids");
        try (Connection connection = DriverManager.getConnection(url, postgres.username(), postgres.password());
                Statement statement = connection.createStatement()) {
            statement.execute("create domain padded as char(6)");
            statement.execute(
                    "create collation any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false)");
            statement.execute("create type colour as enum ('BLUE', 'GREEN', 'AMBER', 'RED')");
        }
        before = Thread.currentThread().getContextClassLoader();
        entities = IdEntities.compile(IdType.all(), classes);
        Thread.currentThread().setContextClassLoader(entities);
        application = start("America/New_York", Locale.ENGLISH, "update");
    }

    private static ShopApplication start(String zone, Locale locale, String ddl) {
        TimeZone.setDefault(TimeZone.getTimeZone(zone));
        Locale.setDefault(locale);
        return ShopApplication.startAgainWith(
                Mappings.class,
                postgres,
                "ids",
                "outbox.republish.chunk-size=2",
                "spring.jpa.hibernate.ddl-auto=" + ddl);
    }

    @AfterAll
    static void stop() throws Exception {
        TimeZone.setDefault(ZONE);
        Locale.setDefault(LOCALE);
        Thread.currentThread().setContextClassLoader(before);
        application.close();
        entities.close();
    }

    static List<IdType> types() {
        return IdType.all();
    }

    static List<IdType> notRounded() {
        return types().stream().filter(type -> !ROUNDED.contains(type.name())).toList();
    }

    /** Removes the rows and events of other tests. */
    private static void clear(IdType type) {
        String name = snakeCase(type.name());
        application
                .jdbc()
                .sql("truncate %1$s_ids_root, %1$s_ids_line, %1$s_ids_note cascade".formatted(name))
                .update();
        application.forgetOutbox();
    }

    private static String snakeCase(String name) {
        return name.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
    }

    private static Keyed entity(IdType type, String kind, int number) {
        try {
            Keyed entity = (Keyed) entities.loadClass(IdEntities.PACKAGE + "." + type.name() + "Ids$" + kind)
                    .getConstructor()
                    .newInstance();
            entity.identify(type.ids().apply(number));
            entity.text = kind + number;
            return entity;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyedRoot root(IdType type, int number) {
        return (KeyedRoot) entity(type, "Root", number);
    }

    private static KeyedRoot rootWithParts(IdType type) {
        KeyedRoot root = root(type, 0);
        root.addLine(entity(type, "Line", 0));
        root.addLine(entity(type, "Line", 1));
        root.allNotes().add(entity(type, "Note", 0));
        root.allNotes().add(entity(type, "Note", 1));
        return root;
    }

    /** Finds the entity by its text, so with the id that the database has. */
    private static Keyed find(EntityManager em, IdType type, String kind, int number) {
        return (Keyed) em.createQuery("select e from " + type.name() + "Ids" + kind + " e where e.text like :text")
                .setParameter("text", kind + number + "%")
                .getSingleResult();
    }

    private static KeyedRoot findRoot(EntityManager em, IdType type) {
        return (KeyedRoot) find(em, type, "Root", 0);
    }

    private static List<String> keys() {
        return application.outbox().stream().map(OutboxRow::aggregateId).toList();
    }

    /** Returns the key of each root as a session finds it that has loaded nothing before. */
    private static List<String> keysOfRows(IdType type) {
        Aggregate aggregate = aggregate(type);
        return application.call(em -> em
                .createQuery("select r from " + type.name() + "IdsRoot r order by r.text", KeyedRoot.class)
                .getResultList()
                .stream()
                .map(root -> aggregate.idText(
                        em.getEntityManagerFactory().getPersistenceUnitUtil().getIdentifier(root)))
                .toList());
    }

    private static dev.fullstate.outbox.aggregate.Aggregates aggregates;

    private static Aggregate aggregate(IdType type) {
        if (aggregates == null) {
            aggregates = AggregateResolver.resolve(
                    application.bean(SessionFactory.class).unwrap(SessionFactoryImplementor.class));
        }
        return aggregates.ofType(type.aggregateType());
    }

    private static void assertOneKey(IdType type, String... operations) {
        assertThat(application.outbox()).extracting(OutboxRow::operation).containsExactly(operations);
        assertThat(keys()).containsOnly(type.key());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("types")
    void allEventsOfARootHaveOneKey(IdType type) {
        clear(type);
        application.run(em -> em.persist(rootWithParts(type)));
        assertThat(keysOfRows(type)).containsExactly(type.key());
        assertOneKey(type, "create");
        assertThat(application.outbox().get(0).data().path("lines")).hasSize(2);
        assertThat(application.outbox().get(0).data().path("notes")).hasSize(2);

        application.run(em -> findRoot(em, type).text += " changed");
        application.run(em -> find(em, type, "Line", 0).text += " changed");
        application.run(em -> find(em, type, "Note", 1).text += " changed");
        application.run(em -> findRoot(em, type).allNotes().remove(0));
        application.run(em -> em.remove(findRoot(em, type)));

        assertOneKey(type, "create", "update", "update", "update", "update", "delete");
        assertThat(application.outbox()).extracting(OutboxRow::entityVersion).containsExactly(0L, 1L, 2L, 3L, 4L, 4L);
        assertThat(application.outbox().get(2).payload()).contains("Line0 changed");
        assertThat(application.outbox().get(3).payload()).contains("Note1 changed");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("types")
    void allChangesOfATransactionAreOneEvent(IdType type) {
        clear(type);
        application.run(em -> {
            KeyedRoot root = rootWithParts(type);
            em.persist(root);
            em.flush();
            em.clear();
            find(em, type, "Note", 0).text += " changed";
            em.flush();
            em.clear();
            findRoot(em, type).text += " changed";
            find(em, type, "Line", 0).text += " changed";
            application
                    .bean(FullStateEvents.class)
                    .markChanged(root.getClass(), List.of(type.ids().apply(0)));
        });

        assertOneKey(type, "create");
        assertThat(application.outbox().get(0).payload()).contains("Root0 changed", "Line0 changed", "Note0 changed");

        application.forgetOutbox();
        application.run(em -> {
            em.remove(findRoot(em, type));
            em.flush();
            em.clear();
            em.persist(rootWithParts(type));
        });
        assertOneKey(type, "update");

        application.forgetOutbox();
        application.run(em -> {
            em.remove(findRoot(em, type));
            em.flush();
            em.clear();
            em.persist(root(type, 0));
            em.flush();
            em.clear();
            em.remove(findRoot(em, type));
        });
        assertOneKey(type, "delete");

        application.forgetOutbox();
        application.run(em -> {
            em.persist(rootWithParts(type));
            em.flush();
            em.clear();
            em.remove(findRoot(em, type));
        });
        assertThat(application.outbox()).isEmpty();
    }

    /** A session that goes on knows the root by the id that the application has given it. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("notRounded")
    void sessionGoesOnWithTheRootThatItHasPersisted(IdType type) {
        clear(type);
        KeyedRoot root = rootWithParts(type);
        try (Session session = application.bean(SessionFactory.class).openSession()) {
            inTransaction(session, () -> session.persist(root));
            inTransaction(session, () -> root.allLines().get(0).text = "L");
            inTransaction(session, () -> root.allNotes().remove(1));
            inTransaction(session, () -> root.text = "R");
            inTransaction(session, () -> session.remove(root));
        }
        assertOneKey(type, "create", "update", "update", "update", "delete");
        assertThat(application.outbox()).extracting(OutboxRow::entityVersion).containsExactly(0L, 1L, 2L, 3L, 3L);
    }

    private static void inTransaction(Session session, Runnable work) {
        session.beginTransaction();
        try {
            work.run();
            session.getTransaction().commit();
        } finally {
            if (session.getTransaction().isActive()) {
                session.getTransaction().rollback();
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("types")
    void markedAndNamedRootsHaveTheSameKey(IdType type) {
        clear(type);
        application.run(em -> em.persist(rootWithParts(type)));
        Instant since = Instant.now();
        FullStateEvents events = application.bean(FullStateEvents.class);
        application.run(em -> {
            em.createNativeQuery("update " + snakeCase(type.name()) + "_ids_root set text = 'by SQL'")
                    .executeUpdate();
            events.markChanged(
                    root(type, 0).getClass(),
                    List.of(type.ids().apply(0), type.ids().apply(0)));
        });
        assertOneKey(type, "create", "update");
        assertThat(application.outbox().get(1).payload()).contains("by SQL");

        List<String> named =
                List.of(type.key(), aggregate(type).idText(type.ids().apply(0)));
        republish(new RepublishRequest(List.of(type.aggregateType()), named, null, null, false, false));
        assertOneKey(type, "create", "update", "update");

        republish(new RepublishRequest(List.of(type.aggregateType()), null, since, null, false, false));
        assertOneKey(type, "create", "update", "update", "update");

        application.run(em -> {
            clearRows(em, type);
            events.markChanged(root(type, 0).getClass(), List.of(type.ids().apply(0)));
        });
        assertOneKey(type, "create", "update", "update", "update", "delete");
    }

    /** A row may be written again in other letters after it was named, so the locked row's own id counts. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("types")
    void lockReturnsTheIdOfTheRow(IdType type) {
        clear(type);
        application.run(em -> em.persist(root(type, 0)));
        Aggregate aggregate = aggregate(type);
        List<Object> given = List.of(type.ids().apply(0));
        List<Object> waiting = application.call(
                em -> aggregate.table().lockWaiting(em.unwrap(SharedSessionContractImplementor.class), given));
        List<Object> available = application.call(
                em -> aggregate.table().lockAvailable(em.unwrap(SharedSessionContractImplementor.class), given));
        assertThat(waiting.stream().map(aggregate::idText)).containsExactly(type.key());
        assertThat(available.stream().map(aggregate::idText)).containsExactly(type.key());
    }

    private static void clearRows(EntityManager em, IdType type) {
        em.createNativeQuery("truncate " + snakeCase(type.name()) + "_ids_root cascade")
                .executeUpdate();
    }

    /** The keys are the same in another zone and another locale. */
    @Test
    void eachRootIsRepublishedOnceFromPages() {
        for (IdType type : types()) {
            clear(type);
            application.run(em -> {
                for (int number = 0; number < (type.name().equals("Boolean") ? 2 : 4); number++) {
                    em.persist(root(type, number));
                }
            });
            List<String> live = keys();
            assertThat(live)
                    .as(type.name())
                    .doesNotHaveDuplicates()
                    .containsExactlyInAnyOrderElementsOf(keysOfRows(type));
        }
        application.forgetOutbox();
        republish(RepublishRequest.ofTypes(List.of()));
        List<String> here = republished();

        ShopApplication first = application;
        try (ShopApplication other = start("Asia/Kathmandu", Locale.forLanguageTag("ar-EG-u-nu-arab"), "none")) {
            application = other;
            application.forgetOutbox();
            republish(RepublishRequest.ofTypes(List.of()));
            assertThat(republished()).containsExactlyInAnyOrderElementsOf(here);
        } finally {
            application = first;
            TimeZone.setDefault(TimeZone.getTimeZone("America/New_York"));
            Locale.setDefault(Locale.ENGLISH);
        }
        assertThat(here).doesNotHaveDuplicates().hasSize(types().size() * 4 - 2);
    }

    private static List<String> republished() {
        return application.outbox().stream()
                .map(row -> row.aggregateType() + " " + row.aggregateId())
                .toList();
    }

    private static void republish(RepublishRequest request) {
        Republisher republisher = application.bean(Republisher.class);
        UUID job = republisher.start(request, "test");
        await().pollInterval(Duration.ofMillis(5))
                .until(() -> republisher.find(job).orElseThrow().state().isFinal());
        assertThat(republisher.find(job).orElseThrow().state()).isEqualTo(Job.State.COMPLETED);
    }
}
