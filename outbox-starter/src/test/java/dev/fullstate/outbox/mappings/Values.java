package dev.fullstate.outbox.mappings;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

import jakarta.persistence.AttributeConverter;
import jakarta.persistence.CascadeType;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Lob;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import jakarta.persistence.SecondaryTable;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import org.hibernate.annotations.Formula;
import org.hibernate.annotations.GeneratedColumn;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

import dev.fullstate.outbox.PublishFullState;
import dev.fullstate.outbox.mappings.Vehicle.Fuel;
import dev.fullstate.outbox.mappings.Vehicle.MinutesConverter;

/** Values that are not the same in the database as in Java, or that the database makes. */
final class Values {

    /** The DDL that Hibernate does not create. */
    static final List<String> DDL = List.of(
            """
            create function shout() returns trigger language plpgsql as $$
            begin new.shouted = upper(new.text); return new; end $$
            """,
            "create trigger shout before insert or update on basket for each row execute function shout()",
            """
            create function add_up() returns trigger language plpgsql as $$
            begin update basket set total = (select sum(pieces) from basket_item where basket_id = 1); return null; end $$
            """,
            "create trigger add_up after insert or update or delete on basket_item"
                    + " for each statement execute function add_up()");

    private Values() {}

    static Stream<Lifecycle> lifecycles() {
        return Stream.of(columns(), moments(), arrays(), json(), shapes(), secondaryTable(), madeByTheDatabase());
    }

    private static Lifecycle columns() {
        return Lifecycle.of("columns", 1)
                .create(
                        em -> em.persist(new Columns()),
                        columns("'PT1H30M','fuel':'HYDROGEN','fallback':'DIESEL','price':1.500,'code':'ab   '"))
                .change(
                        "values that the database rounds or pads",
                        em -> {
                            Columns columns = em.find(Columns.class, 1);
                            columns.rest = Duration.ofSeconds(3599);
                            columns.price = new BigDecimal("2.00049");
                            columns.code = "c";
                        },
                        columns("'PT59M','fuel':'HYDROGEN','fallback':'DIESEL','price':2.000,'code':'c    '"))
                .delete(Columns.class, 1);
    }

    private static String columns(String state) {
        return "{'id':1,'rest':" + state + ",'bytes':'AQI=','image':'Aw==','text':'long'}";
    }

    private static Lifecycle moments() {
        return Lifecycle.of("moments", 1)
                .create(
                        em -> em.persist(new Moments()),
                        "{'id':1,'instant':'2026-01-02T03:04:05.123457Z','local':'2026-01-02T03:04:05.000001',"
                                + "'offset':'2026-01-02T01:04:05Z'}")
                .change(
                        "less than the database keeps",
                        em -> em.find(Moments.class, 1).instant = Instant.parse("2026-01-02T03:04:06.999999999Z"),
                        "{'id':1,'instant':'2026-01-02T03:04:07Z','local':'2026-01-02T03:04:05.000001',"
                                + "'offset':'2026-01-02T01:04:05Z'}")
                .delete(Moments.class, 1);
    }

    private static Lifecycle arrays() {
        return Lifecycle.of("arrays", 1)
                .create(em -> em.persist(new Arrays()), "{'id':1,'names':['b','a'],'numbers':[2,1],'list':['y','x']}")
                .change(
                        "an element",
                        em -> {
                            Arrays arrays = em.find(Arrays.class, 1);
                            arrays.names = new String[] {"c"};
                            arrays.list = new ArrayList<>(List.of("z"));
                        },
                        "{'id':1,'names':['c'],'numbers':[2,1],'list':['z']}")
                .delete(Arrays.class, 1);
    }

    /** In jsonb, members have PostgreSQL's order, and numbers keep their zeros. */
    private static Lifecycle json() {
        return Lifecycle.of("json", 1)
                .create(em -> em.persist(new Json()), json("{'b':[true,null]}", "{'width':1,'height':2}"))
                .change(
                        "members",
                        em -> {
                            Json json = em.find(Json.class, 1);
                            json.anything = Map.of("long", 1, "b", 2);
                            json.size = new JsonSize(3, 2);
                        },
                        json("{'b':2,'long':1}", "{'width':3,'height':2}"))
                .delete(Json.class, 1);
    }

    private static String json(String anything, String size) {
        return "{'id':1,'anything':" + anything + ",'size':" + size + "}";
    }

    private static Lifecycle shapes() {
        return Lifecycle.of("drawing", 1)
                .create(
                        em -> {
                            Drawing drawing = new Drawing();
                            drawing.shape = new Circle("red", 5);
                            em.persist(drawing);
                        },
                        "{'id':1,'shape':{'dtype':'Values$Circle','color':'red','radius':5}}")
                .change(
                        "another subclass",
                        em -> em.find(Drawing.class, 1).shape = new Rectangle("red", 2, 3),
                        "{'id':1,'shape':{'dtype':'Values$Rectangle','color':'red','width':2,'height':3}}")
                .delete(Drawing.class, 1);
    }

    private static Lifecycle secondaryTable() {
        return Lifecycle.of("person", 1)
                .create(em -> em.persist(new Person()), "{'id':1,'name':'Ann','phone':null}")
                .change(
                        "the attribute in the other table",
                        em -> em.find(Person.class, 1).phone = "12",
                        "{'id':1,'name':'Ann','phone':'12'}")
                .change(
                        "nothing in the other table any more",
                        em -> em.find(Person.class, 1).phone = null,
                        "{'id':1,'name':'Ann','phone':null}")
                .delete(Person.class, 1);
    }

    private static Lifecycle madeByTheDatabase() {
        return Lifecycle.of("basket", 1)
                .create(
                        em -> {
                            Basket basket = new Basket();
                            basket.items.add(new BasketItem(basket, "a", 2));
                            basket.items.add(new BasketItem(basket, "b", 3));
                            em.persist(basket);
                        },
                        basket("new", 5, "{'id':'a','pieces':2},{'id':'b','pieces':3}"))
                .change(
                        "what a trigger reads",
                        em -> em.find(Basket.class, 1).text = "old",
                        basket("old", 5, "{'id':'a','pieces':2},{'id':'b','pieces':3}"))
                .change(
                        "a part that a trigger reads",
                        em -> em.find(BasketItem.class, "b").pieces = 4,
                        basket("old", 6, "{'id':'a','pieces':2},{'id':'b','pieces':4}"))
                .change(
                        "a part less",
                        em -> em.find(Basket.class, 1).items.remove(0),
                        basket("old", 4, "{'id':'b','pieces':4}"))
                .delete(Basket.class, 1);
    }

    private static String basket(String text, int total, String items) {
        return "{'id':1,'text':'" + text + "','shouted':'" + text.toUpperCase(Locale.ROOT) + "','length':"
                + text.length() + ",'total':" + total + ",'half':" + total / 2 + ",'items':[" + items + "]}";
    }

    /** A root with columns of other types than the attributes. */
    @Entity
    @Table(name = "columns_of")
    @PublishFullState
    public static class Columns {

        @Id
        public int id = 1;

        @Convert(converter = MinutesConverter.class)
        public Duration rest = Duration.ofMinutes(90);

        @Enumerated(EnumType.STRING)
        public Fuel fuel = Fuel.HYDROGEN;

        @Enumerated(EnumType.ORDINAL)
        public Fuel fallback = Fuel.DIESEL;

        @Column(precision = 10, scale = 3)
        public BigDecimal price = new BigDecimal("1.5");

        @Column(columnDefinition = "char(5)")
        public String code = "ab";

        public byte[] bytes = {1, 2};

        @Lob
        public byte[] image = {3};

        @Lob
        public String text = "long";

        @Version
        public long version;
    }

    /** A root with points in time. */
    @Entity
    @PublishFullState
    public static class Moments {

        @Id
        public int id = 1;

        public Instant instant = Instant.parse("2026-01-02T03:04:05.123456789Z");

        @Column(name = "local_time_of")
        public LocalDateTime local = LocalDateTime.parse("2026-01-02T03:04:05.000000501");

        @Column(name = "offset_of")
        public OffsetDateTime offset = OffsetDateTime.parse("2026-01-02T03:04:05+02:00");

        @Version
        public long version;
    }

    /** A root with arrays of PostgreSQL. */
    @Entity
    @Table(name = "arrays_of")
    @PublishFullState
    public static class Arrays {

        @Id
        public int id = 1;

        public String[] names = {"b", "a"};

        public int[] numbers = {2, 1};

        public List<String> list = new ArrayList<>(List.of("y", "x"));

        @Version
        public long version;
    }

    /** A root with columns of type jsonb. */
    @Entity
    @Table(name = "json_of")
    @PublishFullState
    public static class Json {

        @Id
        public int id = 1;

        @JdbcTypeCode(SqlTypes.JSON)
        public Map<String, Object> anything = Map.of("b", java.util.Arrays.asList(true, null));

        @JdbcTypeCode(SqlTypes.JSON)
        public JsonSize size = new JsonSize(1, 2);

        @Version
        public long version;
    }

    /** An embeddable in one column. */
    @Embeddable
    public record JsonSize(int width, int height) {}

    /** A root with an embeddable of several classes. */
    @Entity
    @PublishFullState
    public static class Drawing {

        @Id
        public int id = 1;

        @Embedded
        public Shape shape;

        @Version
        public long version;
    }

    /** An embeddable with private fields, as its subclasses have. */
    @Embeddable
    public static class Shape {

        protected String color;
    }

    /** A subclass. */
    @Embeddable
    public static class Circle extends Shape {

        protected int radius;

        protected Circle() {}

        Circle(String color, int radius) {
            this.color = color;
            this.radius = radius;
        }
    }

    /** Another subclass. */
    @Embeddable
    public static class Rectangle extends Shape {

        protected int width;
        protected int height;

        protected Rectangle() {}

        Rectangle(String color, int width, int height) {
            this.color = color;
            this.width = width;
            this.height = height;
        }
    }

    /** A root in two tables. */
    @Entity
    @SecondaryTable(name = "person_phone")
    @PublishFullState
    public static class Person {

        @Id
        public int id = 1;

        public String name = "Ann";

        @Column(table = "person_phone")
        public String phone;

        @Version
        public long version;
    }

    /** A root with columns that triggers and the database itself write. */
    @Entity(name = "Basket")
    @PublishFullState
    public static class Basket {

        @Id
        public int id = 1;

        public String text = "new";

        @Column(insertable = false, updatable = false)
        public String shouted;

        @GeneratedColumn("length(text)")
        public int length;

        @Column(insertable = false, updatable = false)
        public Integer total;

        @Formula("total / 2")
        public Integer half;

        @OneToMany(mappedBy = "basket", cascade = CascadeType.ALL, orphanRemoval = true)
        @OrderBy("id")
        public List<BasketItem> items = new ArrayList<>();

        @Version
        public long version;
    }

    /** A part. */
    @Entity(name = "BasketItem")
    public static class BasketItem {

        @Id
        public String id;

        @ManyToOne
        public Basket basket;

        public int pieces;

        protected BasketItem() {}

        BasketItem(Basket basket, String id, int pieces) {
            this.basket = basket;
            this.id = id;
            this.pieces = pieces;
        }
    }

    /** A root with a value that only its converter can read. */
    @Entity
    @PublishFullState
    public static class Vault {

        @Id
        public int id = 1;

        @Convert(converter = SecretConverter.class)
        public Secret secret = new Secret("x");

        @Version
        public long version;
    }

    /** A value without anything that is visible. */
    public static final class Secret {

        private final String text;

        Secret(String text) {
            this.text = text;
        }
    }

    /** A converter. */
    public static class SecretConverter implements AttributeConverter<Secret, String> {

        @Override
        public String convertToDatabaseColumn(Secret secret) {
            return secret == null ? null : secret.text;
        }

        @Override
        public Secret convertToEntityAttribute(String text) {
            return text == null ? null : new Secret(text);
        }
    }
}
