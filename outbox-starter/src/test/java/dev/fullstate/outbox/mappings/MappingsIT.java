package dev.fullstate.outbox.mappings;

import java.sql.SQLException;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.mappings.Derived.Label;
import dev.fullstate.outbox.mappings.Derived.LabelId;
import dev.fullstate.outbox.mappings.Derived.Seal;
import dev.fullstate.outbox.mappings.Derived.Step;
import dev.fullstate.outbox.mappings.Derived.StepId;
import dev.fullstate.outbox.mappings.Vehicle.Axle;
import dev.fullstate.outbox.mappings.Vehicle.Driver;
import dev.fullstate.outbox.mappings.Vehicle.Stop;
import dev.fullstate.outbox.mappings.Vehicle.Truck;
import dev.fullstate.outbox.republish.Republisher;
import dev.fullstate.outbox.shop.OutboxRow;
import dev.fullstate.outbox.shop.ShopApplication;
import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class MappingsIT {

    static PostgresServer postgres;
    static ShopApplication application;

    @Configuration(proxyBeanMethods = false)
    @EntityScan(basePackageClasses = Derived.class)
    static class Mappings {}

    @BeforeAll
    static void start() throws SQLException {
        postgres = SharedServers.postgres();
        application = ShopApplication.startWith(
                Mappings.class, postgres, "mappings", "spring.jpa.properties.hibernate.jdbc.batch_size=20");
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    @BeforeEach
    void forget() {
        application.forgetOutbox();
    }

    private static List<String> payloads() {
        return application.outbox().stream().map(OutboxRow::payload).toList();
    }

    /** Republishing reads everything back: its events must be the same as the live ones. */
    private static void assertRepublishedIsTheSameAsTheLast() {
        List<String> live = payloads();
        application.forgetOutbox();
        Republisher republisher = application.bean(Republisher.class);
        var job = republisher.start(List.of(), "test");
        await().until(() -> republisher.find(job).orElseThrow().state().isFinal());
        assertThat(payloads()).contains(live.get(live.size() - 1));
    }

    @Test
    void partsWithIdsMadeOfTheirRootsAreInlinedAndLeadToTheRoot() {
        application.run(em -> {
            Derived root = new Derived(1);
            root.steps.add(new Step(root, 1, "one"));
            root.labels.put("red", new Label(root, 1, "red"));
            root.seal = new Seal(root, "wax");
            em.persist(root);
        });
        application.run(em -> em.find(Step.class, new StepId(1L, 1)).text = "uno");
        application.run(em -> em.find(Label.class, new LabelId(1L, 1)).text = "blue");
        application.run(em -> em.find(Seal.class, 1L).text = "lead");
        application.run(em -> em.find(Derived.class, 1L).steps.clear());

        assertThat(payloads())
                .containsExactly(
                        state("one", "red", "red", "wax"),
                        state("uno", "red", "red", "wax"),
                        state("uno", "blue", "blue", "wax"),
                        state("uno", "blue", "blue", "lead"),
                        state(null, "blue", "blue", "lead"));
        assertThat(application.outbox()).extracting(OutboxRow::entityVersion).containsExactly(0L, 1L, 2L, 3L, 4L);
        assertRepublishedIsTheSameAsTheLast();
    }

    private static String state(String step, String key, String label, String seal) {
        return "{\"id\":1,\"steps\":[" + (step == null ? "" : "{\"position\":1,\"text\":\"" + step + "\"}")
                + "],\"labels\":{\"" + key + "\":{\"id\":{\"rootId\":1,\"position\":1},\"text\":\"" + label
                + "\"}},\"seal\":{\"id\":1,\"text\":\"" + seal + "\"}}";
    }

    @Test
    void subclassOfARootIsCapturedWithItsOwnPartsAndCollections() {
        application.run(em -> em.persist(new Driver("Ada")));
        application.run(em -> em.persist(new Vehicle("v1", "AB 1")));
        application.run(em -> {
            Truck truck = new Truck("t1", "CD 2");
            truck.axles.add(new Axle("a1", 8));
            truck.stops.add(new Stop("Lyon", 30));
            truck.drivers.add(em.getReference(Driver.class, "Ada"));
            em.persist(truck);
        });
        application.run(em -> em.find(Axle.class, "a1").load = 9);
        application.run(em -> em.find(Vehicle.class, "t1").plate = "EF 3");
        application.run(em -> em.find(Truck.class, "t1").stops.set(0, new Stop("Nice", 15)));
        application.run(em -> em.find(Truck.class, "t1").drivers.clear());

        assertThat(payloads())
                .containsExactly(
                        "{\"dtype\":\"Vehicle\",\"id\":\"v1\",\"plate\":\"AB 1\"}",
                        truck("CD 2", 8, "Lyon\",\"minutes\":30", "\"Ada\""),
                        truck("CD 2", 9, "Lyon\",\"minutes\":30", "\"Ada\""),
                        truck("EF 3", 9, "Lyon\",\"minutes\":30", "\"Ada\""),
                        truck("EF 3", 9, "Nice\",\"minutes\":15", "\"Ada\""),
                        truck("EF 3", 9, "Nice\",\"minutes\":15", ""));
        assertThat(application.outbox()).extracting(OutboxRow::aggregateType).containsOnly("vehicle");
        assertThat(application.outbox()).extracting(OutboxRow::type).containsOnly(Vehicle.class.getName());
        assertRepublishedIsTheSameAsTheLast();
    }

    private static String truck(String plate, int load, String stop, String drivers) {
        return "{\"dtype\":\"Truck\",\"id\":\"t1\",\"plate\":\"" + plate + "\",\"axles\":[{\"id\":\"a1\",\"load\":"
                + load
                + "}],\"stops\":[{\"city\":\"" + stop + "}],\"driversIds\":[" + drivers
                + "],\"fuel\":\"DIESEL\",\"rest\":\"PT45M\"}";
    }

    @Test
    void rootBelowAnEntityThatIsNotCapturedIsLockedInTheTableThatHasTheVersion() {
        application.run(em -> {
            Machine machine = new Machine("m1");
            machine.gears.add(new Machine.Gear("g1", 12));
            em.persist(machine);
        });
        application.run(em -> em.find(Machine.Gear.class, "g1").teeth = 16);

        assertThat(payloads())
                .containsExactly(
                        "{\"id\":\"m1\",\"gears\":[{\"id\":\"g1\",\"teeth\":12}]}",
                        "{\"id\":\"m1\",\"gears\":[{\"id\":\"g1\",\"teeth\":16}]}");
        assertThat(application.outbox()).extracting(OutboxRow::entityVersion).containsExactly(0L, 1L);
        assertRepublishedIsTheSameAsTheLast();
    }

    @Test
    void entityMappedByItsGettersIsReadThroughThem() {
        application.run(em -> em.persist(new Account(7, "Ada")));
        application.run(em -> em.find(Account.class, 7L).setHolder("Bob"));

        // Java keeps the order in which fields are declared, but not that of methods.
        assertThat(application.outbox())
                .extracting(OutboxRow::data)
                .containsExactly(
                        JsonMapper.shared().readTree("{\"number\":7,\"holder\":\"Ada\",\"comment\":null}"),
                        JsonMapper.shared().readTree("{\"number\":7,\"holder\":\"Bob\",\"comment\":null}"));
    }

    @Test
    void attributeWithoutAnOptimisticLockRaisesTheVersionAllTheSame() {
        application.run(em -> em.persist(new Account(8, "Ada")));
        application.run(em -> em.find(Account.class, 8L).setComment("late"));

        assertThat(application.outbox()).extracting(OutboxRow::entityVersion).containsExactly(0L, 1L);
        assertThat(payloads().get(1)).contains("\"comment\":\"late\"");
    }

    @Test
    void rootChangedThroughAReferenceIsCaptured() {
        application.run(em -> em.persist(new Account(9, "Ada")));
        application.run(em -> em.getReference(Account.class, 9L).setHolder("Eve"));

        assertThat(payloads().get(1)).contains("\"holder\":\"Eve\"");
    }
}
