package dev.fullstate.outbox.unordered;

import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

import jakarta.persistence.EntityManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.annotation.Configuration;

import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.republish.Republisher;
import dev.fullstate.outbox.shop.OutboxRow;
import dev.fullstate.outbox.shop.ShopApplication;
import dev.fullstate.outbox.test.PostgresServer;
import dev.fullstate.outbox.unordered.Heap.Color;
import dev.fullstate.outbox.unordered.Heap.Leaf;
import dev.fullstate.outbox.unordered.Heap.Owner;
import dev.fullstate.outbox.unordered.Heap.Point;
import dev.fullstate.outbox.unordered.Heap.Stick;
import dev.fullstate.outbox.unordered.Heap.Stone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A collection without an order in the mapping is written in one order, live and republished, however its rows were written. */
class CollectionOrderIT {

    private static final String STATE = """
            {"id":1,"numbers":[2,9,10,100],"amounts":[1.50,1.50,9.00,10.00],\
            "days":["2026-02-28","2026-11-03","2027-01-01"],"colors":["BLUE","GREEN","RED"],\
            "points":[{"east":2,"north":5},{"east":10,"north":1},{"east":10,"north":3}],\
            "named":{"2":"b","10":"a","30":"c"},"placed":{"10:1":"y","2:5":"x"},\
            "stones":[{"id":2,"weight":1},{"id":10,"weight":1},{"id":30,"weight":1}],\
            "sticks":[{"id":"a","length":1},{"id":"b","length":1},{"id":"c","length":1}],\
            "leaves":{"j":{"id":1},"k":{"id":3},"l":{"id":2}},"ownersIds":[2,10,30]}""";

    static PostgresServer postgres;
    static ShopApplication application;

    @Configuration(proxyBeanMethods = false)
    @EntityScan(basePackageClasses = Heap.class)
    static class Heaps {}

    @BeforeAll
    static void start() throws SQLException {
        postgres = SharedServers.postgres();
        application = ShopApplication.startWith(Heaps.class, postgres, "unordered");
        application.run(em -> List.of(10, 2, 30).forEach(id -> em.persist(new Owner(id))));
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    @BeforeEach
    void empty() {
        application.run(
                em -> em.createQuery("from Heap", Heap.class).getResultList().forEach(em::remove));
        application.forgetOutbox();
    }

    private static void create(long seed) {
        Random random = new Random(seed);
        application.run(em -> {
            Heap heap = new Heap();
            heap.numbers.addAll(shuffled(random, List.of(10, 9, 100, 2)));
            heap.amounts.addAll(shuffled(
                    random,
                    List.of(new BigDecimal("9"), new BigDecimal("10"), new BigDecimal("1.5"), new BigDecimal("1.50"))));
            heap.days.addAll(shuffled(
                    random, List.of(LocalDate.of(2026, 11, 3), LocalDate.of(2026, 2, 28), LocalDate.of(2027, 1, 1))));
            heap.colors.addAll(shuffled(random, List.of(Color.values())));
            heap.points.addAll(shuffled(random, List.of(new Point(10, 3), new Point(2, 5), new Point(10, 1))));
            shuffled(random, List.of(10, 2, 30))
                    .forEach(key -> heap.named.put(key, key == 10 ? "a" : key == 2 ? "b" : "c"));
            shuffled(random, List.of(new Point(2, 5), new Point(10, 1)))
                    .forEach(key -> heap.placed.put(key, key.east() == 2 ? "x" : "y"));
            shuffled(random, List.of(10L, 2L, 30L)).forEach(id -> heap.stones.add(new Stone(id)));
            shuffled(random, List.of("b", "c", "a")).forEach(id -> heap.sticks.add(new Stick(id)));
            shuffled(random, List.of("j", "k", "l"))
                    .forEach(key -> heap.leaves.put(key, new Leaf(key.equals("j") ? 1 : key.equals("k") ? 3 : 2)));
            shuffled(random, List.of(10, 2, 30)).forEach(id -> heap.owners.add(em.find(Owner.class, id)));
            em.persist(heap);
        });
    }

    private static <T> List<T> shuffled(Random random, List<T> values) {
        List<T> shuffled = new ArrayList<>(values);
        Collections.shuffle(shuffled, random);
        return shuffled;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void collectionIsWrittenInOneOrderHoweverItWasFilled(long seed) {
        create(seed);

        assertThat(application.outbox()).extracting(OutboxRow::payload).containsExactly(STATE);
        assertRepublishedIs(STATE);
    }

    @Test
    void collectionIsWrittenInOneOrderHoweverItsRowsLie() {
        create(6);
        List.of("heap_numbers", "heap_points", "heap_named", "heap_stones", "heap_owners", "stick")
                .forEach(table -> application
                        .jdbc()
                        .sql("with moved as (delete from " + table + " where ctid = (select min(ctid) from " + table
                                + ") returning *) insert into " + table + " select * from moved")
                        .update());

        assertRepublishedIs(STATE);
    }

    private static void assertRepublishedIs(String state) {
        application.forgetOutbox();
        Republisher republisher = application.bean(Republisher.class);
        var job = republisher.start(List.of(), "test");
        await().pollInterval(Duration.ofMillis(5))
                .until(() -> republisher.find(job).orElseThrow().state().isFinal());
        assertThat(application.outbox()).extracting(OutboxRow::payload).containsExactly(state);
    }

    @Test
    void changeOfOneElementMovesNoOther() {
        create(7);
        application.forgetOutbox();

        application.run((EntityManager em) -> em.find(Stone.class, 10L).weight = 2);

        assertThat(application.outbox())
                .extracting(OutboxRow::payload)
                .containsExactly(STATE.replace("{\"id\":10,\"weight\":1}", "{\"id\":10,\"weight\":2}"));
    }
}
