package dev.fullstate.outbox.mappings;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import org.hibernate.SessionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.annotation.Configuration;

import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.jobs.Job;
import dev.fullstate.outbox.mappings.Inheritances.Bill;
import dev.fullstate.outbox.mappings.Inheritances.Sketch;
import dev.fullstate.outbox.mappings.Lifecycle.Step;
import dev.fullstate.outbox.mappings.ToOne.Freight;
import dev.fullstate.outbox.mappings.ToOne.Shipment;
import dev.fullstate.outbox.mappings.Trees.Car;
import dev.fullstate.outbox.mappings.Trees.Category;
import dev.fullstate.outbox.mappings.Trees.Wheel;
import dev.fullstate.outbox.mappings.Values.Vault;
import dev.fullstate.outbox.republish.Republisher;
import dev.fullstate.outbox.shop.OutboxRow;
import dev.fullstate.outbox.shop.ShopApplication;
import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * An aggregate in each mapping lives the same life: it is created, changed with its parts, loses parts, and is deleted.
 * Each transaction leaves one event, with the right operation, key and version, and with the state that a fresh read has: the same bytes
 * whether the capture's statements are sent together or each by itself.
 */
class LifecycleIT {

    static PostgresServer postgres;
    static ShopApplication oneByOne;
    static ShopApplication batchedAndCached;

    @Configuration(proxyBeanMethods = false)
    @EntityScan(basePackageClasses = LifecycleIT.class)
    static class Mappings {}

    @BeforeAll
    static void start() throws SQLException {
        postgres = SharedServers.postgres();
        oneByOne = start("one_by_one", "outbox.capture.pipelining=false");
        batchedAndCached = start(
                "batched",
                "spring.jpa.properties.hibernate.jdbc.batch_size=50",
                "spring.jpa.properties.hibernate.order_inserts=true",
                "spring.jpa.properties.hibernate.order_updates=true",
                "spring.jpa.properties.hibernate.cache.region.factory_class=jcache",
                "spring.jpa.properties.hibernate.javax.cache.missing_cache_strategy=create",
                "spring.jpa.properties.hibernate.cache.default_cache_concurrency_strategy=read-write",
                "spring.jpa.properties.jakarta.persistence.sharedCache.mode=ALL");
    }

    /** Starts with one aggregate per chunk, so that the key of each is written and read again. */
    private static ShopApplication start(String database, String... properties) throws SQLException {
        ShopApplication application = ShopApplication.startWith(
                Mappings.class,
                postgres,
                database,
                Stream.concat(Stream.of("outbox.republish.chunk-size=1"), Stream.of(properties))
                        .toArray(String[]::new));
        Values.DDL.forEach(statement -> application.jdbc().sql(statement).update());
        return application;
    }

    @AfterAll
    static void stop() {
        oneByOne.close();
        batchedAndCached.close();
    }

    static Stream<Lifecycle> lifecycles() {
        return Stream.of(
                        Inheritances.lifecycles(),
                        Identifiers.lifecycles(),
                        CompositeIdentifiers.lifecycles(),
                        ToMany.lifecycles(),
                        ToOne.lifecycles(),
                        MapAttributes.lifecycles(),
                        ElementCollections.lifecycles(),
                        References.lifecycles(),
                        Trees.lifecycles(),
                        Values.lifecycles())
                .flatMap(lifecycles -> lifecycles);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lifecycles")
    void eachTransactionLeavesOneEventWithTheStateOfAFreshReadWhereEachStatementIsSentByItself(Lifecycle life) {
        live(life, oneByOne);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lifecycles")
    void eachTransactionLeavesOneEventWithJdbcBatchesAndTheSecondLevelCacheToo(Lifecycle life) {
        live(life, batchedAndCached);
    }

    private static void live(Lifecycle life, ShopApplication application) {
        life.before().forEach(application::run);
        long version = -1;
        for (Step step : life.steps()) {
            application.forgetOutbox();
            application.run(step.work());

            version = step.state() == null ? version : version + 1;
            assertThat(application.outbox()).as("events of '%s'", step.what()).hasSize(1);
            OutboxRow event = application.outbox().get(0);
            assertThat(event.payload()).as("state after '%s'", step.what()).isEqualTo(step.state());
            assertThat(event.operation()).as(step.what()).isEqualTo(step.operation());
            assertThat(event.aggregateType()).isEqualTo(life.aggregateType());
            assertThat(event.aggregateId()).isEqualTo(life.id());
            assertThat(event.entityVersion())
                    .as("version after '%s'", step.what())
                    .isEqualTo(version);
            assertThat(republished(life, application))
                    .as("state of a fresh read after '%s'", step.what())
                    .isEqualTo(step.state() == null ? List.of() : List.of(event.payload()));
        }
    }

    private static List<String> republished(Lifecycle life, ShopApplication application) {
        application.forgetOutbox();
        Republisher republisher = application.bean(Republisher.class);
        var job = republisher.start(List.of(life.aggregateType()), "test");
        await().pollInterval(Duration.ofMillis(5))
                .until(() -> republisher.find(job).orElseThrow().state().isFinal());
        assertThat(republisher.find(job).orElseThrow().state()).isEqualTo(Job.State.COMPLETED);
        return application.outbox(life.id()).stream().map(OutboxRow::payload).toList();
    }

    /** The row would not be found, and a deletion be published of a root that is there. */
    @Test
    void partThatTheMappingCallsMandatoryCannotBeDeletedWithoutItsRoot() {
        oneByOne.run(em -> em.persist(new Freight(800)));
        oneByOne.forgetOutbox();

        assertThatThrownBy(() -> oneByOne.run(em -> em.remove(em.find(Shipment.class, 800))))
                .hasMessageContaining("freight 800 has a row", "optional=true");
        assertThat(oneByOne.outbox()).isEmpty();
    }

    @Test
    void changesOfTheSamePartsOfAnotherSubclassThatIsNotARootLeaveNoEvent() {
        oneByOne.run(em -> {
            em.persist(new Bill().with(700, "bill's").with(701, "bill's"));
            Sketch sketch = new Sketch();
            sketch.id = 7;
            em.persist(sketch.with(710, "sketch's").with(711, "sketch's"));
        });
        oneByOne.forgetOutbox();

        oneByOne.run(em -> em.find(Inheritances.Line.class, 710).text = "changed");
        oneByOne.run(em -> em.find(Sketch.class, 7).with(712, "added"));
        oneByOne.run(em -> em.find(Sketch.class, 7).lines.remove(0));
        oneByOne.run(em -> em.remove(em.find(Inheritances.Line.class, 711)));
        assertThat(oneByOne.outbox()).isEmpty();
        oneByOne.run(em -> assertThat(em.find(Sketch.class, 7).version)
                .as("nothing raises it")
                .isZero());

        oneByOne.run(em -> em.find(Inheritances.Line.class, 700).text = "changed");
        oneByOne.run(em -> em.remove(em.find(Inheritances.Line.class, 701)));
        assertThat(oneByOne.outbox()).extracting(OutboxRow::aggregateType).containsExactly("bill", "bill");
    }

    @Test
    void rootsThatReferToEachOtherAreBothReadAsAWhole() {
        oneByOne.run(em -> {
            Category above = new Category(11);
            Category below = new Category(12);
            below.above = above;
            em.persist(above);
            em.persist(below);
        });
        oneByOne.forgetOutbox();

        oneByOne.run(em -> {
            Category top = new Category(13);
            em.persist(top);
            em.find(Category.class, 11).above = top;
            em.find(Category.class, 12).above = top;
        });

        assertThat(oneByOne.outbox())
                .extracting(OutboxRow::payload)
                .containsExactlyInAnyOrder(
                        "{\"id\":11,\"aboveId\":13}", "{\"id\":12,\"aboveId\":13}", "{\"id\":13,\"aboveId\":null}");
        assertThat(oneByOne.outbox(11)).extracting(OutboxRow::entityVersion).containsExactly(1L);
    }

    /** A stateless session knows nothing of a part except the attributes of the part itself. */
    @Test
    void partWithTwoKindsOfOwnerMayBeDeletedByAStatelessSession() {
        oneByOne.run(em -> {
            Car car = new Car();
            car.id = 21;
            car.own("w21");
            em.persist(car);
        });
        oneByOne.forgetOutbox();

        oneByOne.bean(SessionFactory.class)
                .inStatelessTransaction(session -> session.delete(session.get(Wheel.class, "w21")));

        assertThat(oneByOne.outbox(21)).extracting(OutboxRow::payload).containsExactly("{\"id\":21,\"parts\":[]}");
    }

    @Test
    void valueWithoutAFormOfItsOwnIsWrittenAsItsConverterDoes() {
        oneByOne.forgetOutbox();

        oneByOne.run(em -> em.persist(new Vault()));

        assertThat(oneByOne.outbox()).extracting(OutboxRow::payload).containsExactly("{\"id\":1,\"secret\":\"x\"}");
    }
}
