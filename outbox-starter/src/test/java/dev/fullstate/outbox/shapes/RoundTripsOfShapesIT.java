package dev.fullstate.outbox.shapes;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import jakarta.persistence.EntityManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import dev.fullstate.outbox.harness.server.SharedServers;
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
 * The number of capture's statements depends on the mapping, not on the number of rows: it is the same for one root with one part
 * of each kind and for many roots with many.
 */
class RoundTripsOfShapesIT {

    private static final int MANY_ROOTS = 4;
    private static final int MANY_PARTS = 6;
    private static final int VERY_MANY_ROOTS = 2_000;

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
        postgres = SharedServers.postgres();
        String batching = "spring.jpa.properties.hibernate.jdbc.batch_size=1000";
        captured = ShopApplication.startWith(Shapes.class, postgres, "captured", batching);
        bare = ShopApplication.startWith(Shapes.class, postgres, "bare", batching, "outbox.enabled=false");
    }

    @AfterAll
    static void stop() {
        bare.close();
        captured.close();
    }

    /** Hibernate deletes orphans before it inserts, and updates last. */
    @Test
    void partThatIsPersistedAndThenChangedBesideAnOrphanIsNotTakenForAStaleOne() {
        int id = nextId++;
        captured.run(em -> {
            Basket basket = new Basket(id, 1);
            basket.items().forEach(item -> item.suppliers().forEach(em::persist));
            em.persist(basket);
        });
        captured.run(em -> {
            Basket basket = em.find(Basket.class, id);
            basket.items().get(0).loseDetail();
            basket.add();
            Item added = basket.items().get(1);
            added.suppliers().forEach(em::persist);
            em.persist(added);
            added.edit();
        });
        assertThat(captured.outbox())
                .filteredOn(row -> row.aggregateId().equals(Integer.toString(id)))
                .hasSize(2);
    }

    /** An aggregate in a shape, and how to make one of a size. */
    private record Shape<T>(Class<T> root, BiFunction<EntityManager, Integer, T> create) {}

    /** A change of all roots in a transaction, and what it costs. */
    private record Case<T>(Shape<T> shape, String change, BiConsumer<EntityManager, T> work, List<String> added) {

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

    private static final List<String> READ_BASKET =
            reads("basket", "basket$item", "basket$item_tags", "basket$wrapping_colours");
    private static final List<String> READ_CRATE =
            reads("crate", "crate_calls", "crate_labels", "crate$piece", "crate_ports", "crate$piece_marks");
    private static final List<String> READ_TOPIC = reads("topic", "topic_entry", "topic_entry", "topic_entry");
    private static final List<String> READ_TICKETED = reads("ticketed", "ticketed$stub", "ticketed$stub_holes");

    /** The queries from a part that may be a root's or another part's, of any kind, before the lock and after it. */
    private static final List<String> OWNERS_OF_ENTRIES = reads(
            "topic",
            "topic_entry",
            "topic_answer",
            "topic_comment",
            "topic",
            "topic_entry",
            "topic_answer",
            "topic_comment");

    static Stream<Case<?>> cases() {
        return Stream.of(
                new Case<>(BASKET, "root", (em, root) -> root.edit(), READ_BASKET),
                new Case<>(
                        BASKET,
                        "parts",
                        (em, root) -> root.items().forEach(Item::edit),
                        after(List.of("lock basket$item", "update basket returning"), READ_BASKET)),
                new Case<>(
                        BASKET,
                        "parts of parts",
                        (em, root) -> root.items().forEach(item -> item.detail().edit()),
                        after(
                                List.of("lock basket$detail", "update basket returning"),
                                // The owners are queried before the lock and after it.
                                after(reads("basket", "basket"), READ_BASKET))),
                new Case<>(
                        BASKET,
                        "parts taken away",
                        (em, root) -> {
                            root.items().forEach(Item::unwrap);
                            root.items().clear();
                        },
                        after(
                                List.of("lock basket$detail", "lock basket$item", "update basket returning"),
                                // Rows of parts that do not know their owner are locked and read before they are
                                // deleted.
                                after(
                                        reads("basket$item", "basket$item", "basket", "basket$item"),
                                        reads("basket", "basket", "basket$item")))),
                new Case<>(
                        BASKET,
                        "all deleted",
                        (em, root) -> {
                            root.items().forEach(Item::unwrap);
                            em.remove(root);
                        },
                        after(List.of("lock basket$detail"), reads("basket$item", "basket", "basket$item", "basket"))),
                new Case<>(CRATE, "root", (em, root) -> root.edit(), READ_CRATE),
                new Case<>(
                        CRATE,
                        "parts",
                        (em, root) -> root.pieces().forEach(Piece::edit),
                        after(List.of("update crate returning"), after(reads("crate", "crate"), READ_CRATE))),
                new Case<>(
                        CRATE,
                        "parts by table",
                        (em, root) -> root.labels().forEach(Label::edit),
                        after(List.of("update crate returning"), after(reads("crate", "crate"), READ_CRATE))),
                new Case<>(
                        CRATE,
                        "parts taken away",
                        (em, root) -> root.pieces().clear(),
                        after(
                                List.of("lock crate$piece"),
                                reads(
                                        "crate",
                                        "crate",
                                        "crate",
                                        "crate_calls",
                                        "crate_labels",
                                        "crate$piece",
                                        "crate_ports"))),
                new Case<>(TOPIC, "root", (em, root) -> root.edit(), READ_TOPIC),
                new Case<>(
                        TOPIC,
                        "parts",
                        (em, root) -> root.all().forEach(Entry::edit),
                        after(List.of("update topic returning"), after(OWNERS_OF_ENTRIES, READ_TOPIC))),
                new Case<>(TICKETED, "root", (em, root) -> root.edit(), READ_TICKETED),
                new Case<>(
                        TICKETED,
                        "parts",
                        (em, root) -> root.stubs().forEach(Stub::edit),
                        after(List.of("lock ticketed$stub", "update ticketed returning"), READ_TICKETED)));
    }

    private static List<String> reads(String... tables) {
        return Stream.of(tables).map(table -> "select from " + table).toList();
    }

    private static List<String> after(List<String> first, List<String> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    @ParameterizedTest
    @MethodSource("cases")
    <T> void statementsAreAsManyForManyRowsAsForOne(Case<T> each) {
        List<String> expected = new ArrayList<>(each.added);
        expected.add("insert into \"public\".\"outbox\"");
        assertThat(addedBy(each, 1, 1)).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(addedBy(each, MANY_ROOTS, MANY_PARTS)).containsExactlyInAnyOrderElementsOf(expected);
    }

    /** One part of each root is changed. */
    @Test
    void statementsAreOneForAThousandRows() {
        List<String> added = new ArrayList<>(sentByManyParts(captured));
        List<String> own = sentByManyParts(bare);
        own.forEach(added::remove);

        assertThat(own).hasSize(1 + 2);
        assertThat(added.stream().collect(Collectors.groupingBy(kind -> kind, Collectors.counting())))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "lock ticketed$stub", 2L,
                        "update ticketed returning", 2L,
                        "select from ticketed", 2L,
                        "select from ticketed$stub", 2L,
                        "select from ticketed$stub_holes", 2L,
                        "insert into \"public\".\"outbox\"", 20L));
    }

    private static List<String> sentByManyParts(ShopApplication shop) {
        int first = nextId;
        nextId += VERY_MANY_ROOTS;
        shop.run(em -> IntStream.range(first, nextId).forEach(number -> em.persist(new Ticketed(number, 1))));
        return shop.bean(CountedStatements.class)
                .of(() -> shop.run(em -> em.createQuery(
                                "from " + Stub.class.getName() + " s where s.id.number >= :first", Stub.class)
                        .setParameter("first", first * 1_000)
                        .getResultList()
                        .forEach(Stub::edit)));
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
