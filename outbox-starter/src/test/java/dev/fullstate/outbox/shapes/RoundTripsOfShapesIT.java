package dev.fullstate.outbox.shapes;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import jakarta.persistence.EntityManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import dev.fullstate.outbox.shapes.Basket.Item;
import dev.fullstate.outbox.shapes.Crate.Label;
import dev.fullstate.outbox.shapes.Crate.Piece;
import dev.fullstate.outbox.shapes.Crate.Port;
import dev.fullstate.outbox.shapes.Ticketed.Stub;
import dev.fullstate.outbox.shapes.Topic.Entry;
import dev.fullstate.outbox.shop.CountedStatements;
import dev.fullstate.outbox.shop.ShopApplication;
import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the capture asks of the database depends on the mapping, not on the number of rows: the same statements for one root
 * with one part of each kind and for many roots with many.
 */
class RoundTripsOfShapesIT {

    private static final int MANY_ROOTS = 12;
    private static final int MANY_PARTS = 15;

    static PostgresServer postgres;
    static ShopApplication captured;
    static ShopApplication bare;
    static int nextId = 1;

    @Configuration(proxyBeanMethods = false)
    @EntityScan(basePackageClasses = Basket.class)
    @Import(CountedStatements.Counting.class)
    static class Shapes {}

    @BeforeAll
    static void start() throws Exception {
        postgres = PostgresServer.start();
        String batching = "spring.jpa.properties.hibernate.jdbc.batch_size=1000";
        captured = ShopApplication.startWith(Shapes.class, postgres, "captured", batching);
        bare = ShopApplication.startWith(Shapes.class, postgres, "bare", batching, "outbox.enabled=false");
    }

    @AfterAll
    static void stop() {
        bare.close();
        captured.close();
        postgres.close();
    }

    /** An aggregate in a shape, and how to make one of a size. */
    private record Shape<T>(Class<T> root, BiFunction<EntityManager, Integer, T> create) {}

    /** A change of all roots in a transaction, and what it costs. */
    private record Case<T>(Shape<T> shape, String change, BiConsumer<EntityManager, T> work) {

        @Override
        public String toString() {
            return shape.root.getSimpleName() + ": " + change;
        }
    }

    private static final Shape<Basket> BASKET = new Shape<>(Basket.class, (em, size) -> {
        Basket basket = new Basket(nextId++, size);
        basket.items().forEach(item -> item.suppliers().forEach(em::persist));
        em.persist(basket);
        return basket;
    });

    private static final Shape<Crate> CRATE = new Shape<>(Crate.class, (em, size) -> {
        Port port = new Port(nextId++);
        em.persist(port);
        Crate below = new Crate(nextId++, size, port);
        em.persist(below);
        Crate crate = new Crate(nextId++, size, port);
        crate.putOn(below);
        em.persist(crate);
        return crate;
    });

    private static final Shape<Topic> TOPIC = new Shape<>(Topic.class, (em, size) -> {
        Topic topic = new Topic(nextId++, Math.min(size, 4));
        em.persist(topic);
        return topic;
    });

    private static final Shape<Ticketed> TICKETED = new Shape<>(Ticketed.class, (em, size) -> {
        Ticketed ticketed = new Ticketed(nextId++, size);
        em.persist(ticketed);
        return ticketed;
    });

    static Stream<Case<?>> cases() {
        return Stream.of(
                new Case<>(BASKET, "root", (em, root) -> root.edit()),
                new Case<>(BASKET, "parts", (em, root) -> root.items().forEach(Item::edit)),
                new Case<>(
                        BASKET,
                        "parts of parts",
                        (em, root) -> root.items().forEach(item -> item.detail().edit())),
                new Case<>(BASKET, "parts taken away", (em, root) -> {
                    root.items().forEach(Item::unwrap);
                    root.items().clear();
                }),
                new Case<>(BASKET, "all deleted", (em, root) -> {
                    root.items().forEach(Item::unwrap);
                    em.remove(root);
                }),
                new Case<>(CRATE, "root", (em, root) -> root.edit()),
                new Case<>(CRATE, "parts", (em, root) -> root.pieces().forEach(Piece::edit)),
                new Case<>(CRATE, "parts by table", (em, root) -> root.labels().forEach(Label::edit)),
                new Case<>(
                        CRATE, "parts taken away", (em, root) -> root.pieces().clear()),
                new Case<>(TOPIC, "root", (em, root) -> root.edit()),
                new Case<>(TOPIC, "parts", (em, root) -> root.all().forEach(Entry::edit)),
                new Case<>(TICKETED, "root", (em, root) -> root.edit()),
                new Case<>(TICKETED, "parts", (em, root) -> root.stubs().forEach(Stub::edit)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    <T> void areAsManyForManyRowsAsForOne(Case<T> each) {
        List<String> one = addedBy(each, 1, 1);
        System.out.println(each + " one " + one);
        List<String> many = addedBy(each, MANY_ROOTS, MANY_PARTS);
        System.out.println(
                each + " many " + many.size() + " " + many.stream().distinct().toList());
        assertThat(many).containsExactlyInAnyOrderElementsOf(one);
    }

    private static <T> List<String> addedBy(Case<T> each, int roots, int parts) {
        List<String> added = new ArrayList<>(sentBy(captured, each, roots, parts));
        sentBy(bare, each, roots, parts).forEach(added::remove);
        return added;
    }

    private static <T> List<String> sentBy(ShopApplication shop, Case<T> each, int roots, int parts) {
        List<Object> ids = IntStream.range(0, roots)
                .mapToObj(i -> shop.call(em -> {
                    T root = each.shape.create.apply(em, parts);
                    return em.getEntityManagerFactory().getPersistenceUnitUtil().getIdentifier(root);
                }))
                .toList();
        return shop.bean(CountedStatements.class)
                .of(() -> shop.run(em -> ids.forEach(id -> each.work.accept(em, em.find(each.shape.root, id)))));
    }
}
