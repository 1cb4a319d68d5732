package dev.fullstate.outbox.mappings;

import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.function.IntFunction;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.annotation.Configuration;

import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.jobs.Job;
import dev.fullstate.outbox.mappings.CompositeIdentifiers.Place;
import dev.fullstate.outbox.mappings.CompositeIdentifiers.PlaceId;
import dev.fullstate.outbox.mappings.CompositeIdentifiers.Route;
import dev.fullstate.outbox.mappings.Identifiers.Badge;
import dev.fullstate.outbox.mappings.Identifiers.Ticket;
import dev.fullstate.outbox.mappings.Vehicle.Truck;
import dev.fullstate.outbox.republish.RepublishJob;
import dev.fullstate.outbox.republish.Republisher;
import dev.fullstate.outbox.shop.ShopApplication;
import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A republish reads roots page by page, and in ranges, by ids of every kind: it leaves no root out and repeats none. */
class PagesByEveryKindOfIdIT {

    /** With chunks of one, enough for two ranges. */
    private static final int COUNT = 25;

    private static PostgresServer postgres;
    private static ShopApplication application;

    @BeforeAll
    static void start() throws SQLException {
        postgres = SharedServers.postgres();
        application = ShopApplication.startWith(Entities.class, postgres, "pages", "outbox.republish.chunk-size=1");
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    @Configuration(proxyBeanMethods = false)
    @EntityScan(basePackageClasses = Identified.class)
    static class Entities {}

    private static void persist(IntFunction<Object> entity) {
        application.run(em -> {
            for (int i = 0; i < COUNT; i++) {
                em.persist(entity.apply(i));
            }
        });
    }

    private static Place place(int i) {
        Place place = new Place();
        // Letters that a collation may order in another way than their codes, and that are encoded in a key.
        place.id = new PlaceId(List.of("a", "B", "ä", "b:1%", "_").get(i % 5), -i);
        return place;
    }

    private static Route route(int i) {
        Route route = new Route();
        route.line = List.of("z", "A", "ö").get(i % 3);
        route.branch = i;
        return route;
    }

    private static Badge badge() {
        Badge badge = new Badge();
        badge.id = UUID.randomUUID();
        return badge;
    }

    @Test
    void eachAggregateIsRepublishedOnce() {
        persist(i -> badge());
        persist(i -> new Ticket());
        persist(i -> place(i));
        persist(i -> route(i));
        persist(i -> new Account(i - 10L, "holder"));
        persist(i -> i % 2 == 0 ? new Vehicle("v" + i, "plate") : new Truck("V" + i, "plate"));
        List<String> live = keys();
        assertThat(live).hasSize(6 * COUNT).doesNotHaveDuplicates();
        application.forgetOutbox();

        Republisher republisher = application.bean(Republisher.class);
        UUID id = republisher.start(List.of(), "test");
        RepublishJob job = await().until(
                        () -> republisher.find(id).orElseThrow(),
                        each -> each.state().isFinal());

        assertThat(job.state()).isEqualTo(Job.State.COMPLETED);
        assertThat(keys()).containsExactlyInAnyOrderElementsOf(live);
        assertThat(application
                        .jdbc()
                        .sql("select count(*) from outbox_job_slice where slice_number = 1")
                        .query(Integer.class)
                        .single())
                .isEqualTo(6);
    }

    private static List<String> keys() {
        return application.outbox().stream()
                .map(row -> row.aggregateType() + " " + row.aggregateId())
                .toList();
    }
}
