package dev.fullstate.outbox.mappings;

import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

import jakarta.persistence.CascadeType;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EnumType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.MapKey;
import jakarta.persistence.MapKeyColumn;
import jakarta.persistence.MapKeyEnumerated;
import jakarta.persistence.MapKeyJoinColumn;
import jakarta.persistence.OneToMany;
import jakarta.persistence.Version;
import org.hibernate.annotations.SortNatural;

import dev.fullstate.outbox.PublishFullState;

/** Maps, with all kinds of keys and values. */
final class MapAttributes {

    private MapAttributes() {}

    static Stream<Lifecycle> lifecycles() {
        return Stream.of(basic(), embeddables(), parts(), entityKeys(), embeddableKeys(), references());
    }

    private static Lifecycle basic() {
        return Lifecycle.of("prices", 1)
                .create(
                        em -> {
                            Prices prices = new Prices();
                            prices.cents.put(Currency.EUR, 5);
                            prices.cents.put(Currency.USD, 6);
                            em.persist(prices);
                        },
                        "{'id':1,'cents':{'EUR':5,'USD':6}}")
                .change(
                        "a value",
                        em -> em.find(Prices.class, 1).cents.put(Currency.EUR, 7),
                        "{'id':1,'cents':{'EUR':7,'USD':6}}")
                .change(
                        "a key less",
                        em -> em.find(Prices.class, 1).cents.remove(Currency.USD),
                        "{'id':1,'cents':{'EUR':7}}")
                .delete(Prices.class, 1);
    }

    private static Lifecycle embeddables() {
        return Lifecycle.of("sizes", 1)
                .create(
                        em -> {
                            Sizes sizes = new Sizes();
                            sizes.boxes.put("a", new Size(1, 2));
                            sizes.boxes.put("b", new Size(3, 4));
                            em.persist(sizes);
                        },
                        "{'id':1,'boxes':{'a':{'width':1,'height':2},'b':{'width':3,'height':4}}}")
                .change(
                        "a value",
                        em -> em.find(Sizes.class, 1).boxes.put("a", new Size(9, 2)),
                        "{'id':1,'boxes':{'a':{'width':9,'height':2},'b':{'width':3,'height':4}}}")
                .change(
                        "a key less",
                        em -> em.find(Sizes.class, 1).boxes.remove("b"),
                        "{'id':1,'boxes':{'a':{'width':9,'height':2}}}")
                .delete(Sizes.class, 1);
    }

    private static Lifecycle parts() {
        return Lifecycle.of("rack", 1)
                .create(
                        em -> {
                            Rack rack = new Rack();
                            rack.units.put("a", new Unit("u1", 1));
                            rack.units.put("b", new Unit("u2", 2));
                            em.persist(rack);
                        },
                        "{'id':1,'units':{'a':{'id':'u1','height':1},'b':{'id':'u2','height':2}}}")
                .change(
                        "a part alone",
                        em -> em.find(Unit.class, "u2").height = 3,
                        "{'id':1,'units':{'a':{'id':'u1','height':1},'b':{'id':'u2','height':3}}}")
                .change(
                        "a part less",
                        em -> em.find(Rack.class, 1).units.remove("a"),
                        "{'id':1,'units':{'b':{'id':'u2','height':3}}}")
                .change(
                        "another key",
                        em -> {
                            Map<String, Unit> units = em.find(Rack.class, 1).units;
                            units.put("c", units.remove("b"));
                        },
                        "{'id':1,'units':{'c':{'id':'u2','height':3}}}")
                .delete(Rack.class, 1);
    }

    private static Lifecycle entityKeys() {
        return Lifecycle.of("stock", 1)
                .given(em -> {
                    em.persist(new Product(new ProductId("nut", 1)));
                    em.persist(new Product(new ProductId("nut", 2)));
                })
                .create(
                        em -> {
                            Stock stock = new Stock();
                            stock.counts.put(product(em, 1), 5);
                            em.persist(stock);
                        },
                        "{'id':1,'counts':{'nut:1':5}}")
                .change(
                        "a value",
                        em -> em.find(Stock.class, 1).counts.put(product(em, 1), 6),
                        "{'id':1,'counts':{'nut:1':6}}")
                .change(
                        "another key",
                        em -> {
                            Map<Product, Integer> counts = em.find(Stock.class, 1).counts;
                            counts.clear();
                            counts.put(product(em, 2), 7);
                        },
                        "{'id':1,'counts':{'nut:2':7}}")
                .delete(Stock.class, 1);
    }

    private static Product product(EntityManager em, int number) {
        return em.getReference(Product.class, new ProductId("nut", number));
    }

    private static Lifecycle embeddableKeys() {
        return Lifecycle.of("board", 1)
                .create(
                        em -> {
                            Board board = new Board();
                            board.pieces.put(new Square("e", 2), "pawn");
                            em.persist(board);
                        },
                        "{'id':1,'pieces':{'e:2':'pawn'}}")
                .change(
                        "another key",
                        em -> {
                            Map<Square, String> pieces = em.find(Board.class, 1).pieces;
                            pieces.put(new Square("e", 4), pieces.remove(new Square("e", 2)));
                        },
                        "{'id':1,'pieces':{'e:4':'pawn'}}")
                .delete(Board.class, 1);
    }

    /** A key in a column of the table in between is the aggregate's; one that is an attribute at the other end is not. */
    private static Lifecycle references() {
        return Lifecycle.of("team", 1)
                .given(em -> {
                    em.persist(new Player("ann", 10));
                    em.persist(new Player("bob", 11));
                })
                .create(
                        em -> {
                            Team team = new Team();
                            team.roles.put("captain", em.getReference(Player.class, "ann"));
                            team.byShirt.put(11, em.find(Player.class, "bob"));
                            em.persist(team);
                        },
                        "{'id':1,'rolesIds':{'captain':'ann'},'byShirtIds':['bob']}")
                .change(
                        "who is at a key",
                        em -> em.find(Team.class, 1).roles.put("captain", em.find(Player.class, "bob")),
                        "{'id':1,'rolesIds':{'captain':'bob'},'byShirtIds':['bob']}")
                .change(
                        "a key more, a reference less",
                        em -> {
                            Team team = em.find(Team.class, 1);
                            team.roles.put("goal", em.find(Player.class, "ann"));
                            team.byShirt.clear();
                        },
                        "{'id':1,'rolesIds':{'captain':'bob','goal':'ann'},'byShirtIds':[]}")
                .delete(Team.class, 1);
    }

    /** A root with basic values by enum. */
    @Entity
    @PublishFullState
    public static class Prices {

        @Id
        public int id = 1;

        @ElementCollection
        @MapKeyEnumerated(EnumType.STRING)
        @SortNatural
        public SortedMap<Currency, Integer> cents = new TreeMap<>();

        @Version
        public long version;
    }

    /** A key. */
    public enum Currency {
        EUR,
        USD
    }

    /** A root with embeddables by text. */
    @Entity
    @PublishFullState
    public static class Sizes {

        @Id
        public int id = 1;

        @ElementCollection
        @SortNatural
        public SortedMap<String, Size> boxes = new TreeMap<>();

        @Version
        public long version;
    }

    /** A value. */
    @Embeddable
    public record Size(int width, int height) {}

    /** A root with parts by a key that is in a column of its own. */
    @Entity
    @PublishFullState
    public static class Rack {

        @Id
        public int id = 1;

        @OneToMany(cascade = CascadeType.ALL, orphanRemoval = true)
        @MapKeyColumn(name = "slot")
        @SortNatural
        public SortedMap<String, Unit> units = new TreeMap<>();

        @Version
        public long version;
    }

    /** A part. */
    @Entity
    public static class Unit {

        @Id
        public String id;

        public int height;

        protected Unit() {}

        Unit(String id, int height) {
            this.id = id;
            this.height = height;
        }
    }

    /** A root with entities as keys. */
    @Entity
    @PublishFullState
    public static class Stock {

        @Id
        public int id = 1;

        @ElementCollection
        @MapKeyJoinColumn(name = "product_name", referencedColumnName = "name")
        @MapKeyJoinColumn(name = "product_grade", referencedColumnName = "grade")
        public Map<Product, Integer> counts = new HashMap<>();

        @Version
        public long version;
    }

    /** A key with a life of its own. */
    @Entity
    public static class Product {

        @EmbeddedId
        public ProductId id;

        protected Product() {}

        Product(ProductId id) {
            this.id = id;
        }
    }

    /** The id of a product. */
    @Embeddable
    public record ProductId(String name, int grade) implements Serializable {}

    /** A root with embeddables as keys. */
    @Entity
    @PublishFullState
    public static class Board {

        @Id
        public int id = 1;

        @ElementCollection
        public Map<Square, String> pieces = new HashMap<>();

        @Version
        public long version;
    }

    /** A key. */
    @Embeddable
    public record Square(String file, int rank) {}

    /** A root with references by a key of its own, and by one of the player's. */
    @Entity
    @PublishFullState
    public static class Team {

        @Id
        public int id = 1;

        @ManyToMany
        @MapKeyColumn(name = "role")
        @SortNatural
        public SortedMap<String, Player> roles = new TreeMap<>();

        @ManyToMany
        @MapKey(name = "shirt")
        public Map<Integer, Player> byShirt = new HashMap<>();

        @Version
        public long version;
    }

    /** A player with a life of his own. */
    @Entity
    public static class Player {

        @Id
        public String name;

        public int shirt;

        protected Player() {}

        Player(String name, int shirt) {
            this.name = name;
            this.shirt = shirt;
        }
    }
}
