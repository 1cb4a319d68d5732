package dev.fullstate.outbox.mappings;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import jakarta.persistence.Access;
import jakarta.persistence.AccessType;
import jakarta.persistence.CascadeType;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import jakarta.persistence.Version;
import org.hibernate.annotations.NaturalId;

import dev.fullstate.outbox.PublishFullState;

/** Ids of roots and of parts that nothing but their owner's collection leads to. */
final class Identifiers {

    private static final UUID UID = UUID.fromString("00000000-0000-4000-8000-000000000001");

    private Identifiers() {}

    static Stream<Lifecycle> lifecycles() {
        return Stream.of(uuid(), generated(), embeddedId(), idClass(), wayUpInTheId(), naturalId(), propertyAccess());
    }

    private static Lifecycle uuid() {
        return Lifecycle.of("badge", UID)
                .create(
                        em -> {
                            Badge badge = new Badge();
                            badge.id = UID;
                            badge.pins.add(new Pin(UID, "oak"));
                            em.persist(badge);
                        },
                        "{'id':'" + UID + "','pins':[{'id':'" + UID + "','wood':'oak'}]}")
                .change(
                        "a part",
                        em -> em.find(Pin.class, UID).wood = "ash",
                        "{'id':'" + UID + "','pins':[{'id':'" + UID + "','wood':'ash'}]}")
                .change("a part less", em -> em.find(Badge.class, UID).pins.clear(), "{'id':'" + UID + "','pins':[]}")
                .delete(Badge.class, UID);
    }

    private static Lifecycle generated() {
        return Lifecycle.of("ticket", 1)
                .create(em -> em.persist(new Ticket()), "{'id':1,'text':null}")
                .change("the text", em -> em.find(Ticket.class, 1L).text = "lost", "{'id':1,'text':'lost'}")
                .delete(Ticket.class, 1L);
    }

    /** Declared in another order than that of the alphabet, and with what has to be encoded in a key. */
    private static Lifecycle embeddedId() {
        PlaceId id = new PlaceId("b:1%", 7);
        return Lifecycle.of("place", "b%3A1%25:7")
                .create(
                        em -> {
                            Place place = new Place();
                            place.id = id;
                            place.chairs.add(new Chair(new ChairId(7, "k"), 4));
                            em.persist(place);
                        },
                        place("{'id':{'row':7,'kind':'k'},'legs':4}"))
                .change(
                        "a part",
                        em -> em.find(Chair.class, new ChairId(7, "k")).legs = 3,
                        place("{'id':{'row':7,'kind':'k'},'legs':3}"))
                .change("a part less", em -> em.find(Place.class, id).chairs.clear(), place(""))
                .delete(Place.class, id);
    }

    private static String place(String chairs) {
        return "{'id':{'zone':'b:1%','number':7},'chairs':[" + chairs + "]}";
    }

    private static Lifecycle idClass() {
        RouteId id = new RouteId("z", 3);
        return Lifecycle.of("route", "z:3")
                .create(
                        em -> {
                            Route route = new Route();
                            route.line = "z";
                            route.branch = 3;
                            route.legs.add(new Leg("z", 1, 10));
                            em.persist(route);
                        },
                        "{'line':'z','branch':3,'legs':[{'name':'z','number':1,'km':10}]}")
                .change(
                        "a part",
                        em -> em.find(Leg.class, new LegId("z", 1)).km = 11,
                        "{'line':'z','branch':3,'legs':[{'name':'z','number':1,'km':11}]}")
                .change("a part less", em -> em.find(Route.class, id).legs.clear(), "{'line':'z','branch':3,'legs':[]}")
                .delete(Route.class, id);
    }

    private static Lifecycle wayUpInTheId() {
        return Lifecycle.of("cabinet", 1)
                .create(
                        em -> {
                            Cabinet cabinet = new Cabinet();
                            cabinet.drawers.add(new Drawer(cabinet, 1));
                            cabinet.drawers.add(new Drawer(cabinet, 2));
                            em.persist(cabinet);
                        },
                        cabinet(drawer(1, 1) + "," + drawer(2, 1)))
                .change(
                        "a part alone",
                        em -> em.find(Drawer.class, new DrawerId(em.getReference(Cabinet.class, 1), 2)).size = 3,
                        cabinet(drawer(1, 1) + "," + drawer(2, 3)))
                .change("a part less", em -> em.find(Cabinet.class, 1).drawers.remove(0), cabinet(drawer(2, 3)))
                .delete(Cabinet.class, 1);
    }

    private static String cabinet(String drawers) {
        return "{'id':1,'drawers':[" + drawers + "]}";
    }

    private static String drawer(int number, int size) {
        return "{'id':{'cabinetId':1,'number':" + number + "},'size':" + size + "}";
    }

    private static Lifecycle naturalId() {
        return Lifecycle.of("book", 1)
                .create(
                        em -> {
                            Book book = new Book();
                            book.id = 1;
                            book.isbn = "978";
                            book.edition = new Edition("Ace", 1);
                            em.persist(book);
                        },
                        "{'id':1,'isbn':'978','edition':{'publisher':'Ace','number':1}}")
                .change(
                        "the natural id",
                        em -> em.find(Book.class, 1).isbn = "979",
                        "{'id':1,'isbn':'979','edition':{'publisher':'Ace','number':1}}")
                .change(
                        "an embedded attribute of the natural id",
                        em -> em.find(Book.class, 1).edition = new Edition("Ace", 2),
                        "{'id':1,'isbn':'979','edition':{'publisher':'Ace','number':2}}")
                .delete(Book.class, 1);
    }

    private static Lifecycle propertyAccess() {
        return Lifecycle.of("meter", "e-1")
                .create(
                        em -> {
                            Meter meter = new Meter();
                            meter.setNumber("e-1");
                            meter.getReadings().add(new Reading("may", 5));
                            em.persist(meter);
                        },
                        "{'number':'e-1','readings':[{'day':'may','amount':{'units':5}}]}")
                .change(
                        "an embeddable of a part",
                        em -> em.find(Reading.class, "may").getAmount().setUnits(6),
                        "{'number':'e-1','readings':[{'day':'may','amount':{'units':6}}]}")
                .change(
                        "a part less",
                        em -> em.find(Meter.class, "e-1").getReadings().clear(),
                        "{'number':'e-1','readings':[]}")
                .delete(Meter.class, "e-1");
    }

    /** A UUID. */
    @Entity
    @PublishFullState
    public static class Badge {

        @Id
        public UUID id;

        @OneToMany(cascade = CascadeType.ALL, orphanRemoval = true)
        public List<Pin> pins = new ArrayList<>();

        @Version
        public Short version;
    }

    /** A part with a UUID. */
    @Entity
    public static class Pin {

        @Id
        public UUID id;

        public String wood;

        protected Pin() {}

        Pin(UUID id, String wood) {
            this.id = id;
            this.wood = wood;
        }
    }

    /** An id that the database makes. */
    @Entity
    @PublishFullState
    public static class Ticket {

        @Id
        @GeneratedValue(strategy = GenerationType.IDENTITY)
        public Long id;

        public String text;

        @Version
        public Long version;
    }

    /** An embedded id. */
    @Entity
    @PublishFullState
    public static class Place {

        @EmbeddedId
        public PlaceId id;

        @OneToMany(cascade = CascadeType.ALL, orphanRemoval = true)
        public List<Chair> chairs = new ArrayList<>();

        @Version
        public int version;
    }

    /** Of a place. */
    @Embeddable
    public record PlaceId(String zone, int number) implements Serializable {}

    /** A part with an embedded id. */
    @Entity
    public static class Chair {

        @EmbeddedId
        public ChairId id;

        public int legs;

        protected Chair() {}

        Chair(ChairId id, int legs) {
            this.id = id;
            this.legs = legs;
        }
    }

    /** Of a chair. */
    @Embeddable
    public record ChairId(int row, String kind) implements Serializable {}

    /** Several ids and a class for them. */
    @Entity
    @IdClass(RouteId.class)
    @PublishFullState
    public static class Route {

        @Id
        public String line;

        @Id
        public int branch;

        @OneToMany(cascade = CascadeType.ALL, orphanRemoval = true)
        @OrderBy("km")
        public List<Leg> legs = new ArrayList<>();

        @Version
        public short version;
    }

    /** Of a route. */
    public record RouteId(String line, int branch) implements Serializable {}

    /** A part with several ids. */
    @Entity
    @IdClass(LegId.class)
    public static class Leg {

        @Id
        public String name;

        @Id
        public int number;

        public int km;

        protected Leg() {}

        Leg(String name, int number, int km) {
            this.name = name;
            this.number = number;
            this.km = km;
        }
    }

    /** Of a leg: a class as it was before there were records. */
    public static class LegId implements Serializable {

        private static final long serialVersionUID = 1L;

        private String name;
        private int number;

        protected LegId() {}

        LegId(String name, int number) {
            this.name = name;
            this.number = number;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof LegId id && Objects.equals(name, id.name) && number == id.number;
        }

        @Override
        public int hashCode() {
            return Objects.hash(name, number);
        }
    }

    /** Its parts have it in their ids. */
    @Entity
    @PublishFullState
    public static class Cabinet {

        @Id
        public int id = 1;

        @OneToMany(mappedBy = "id.cabinet", cascade = CascadeType.ALL, orphanRemoval = true)
        @OrderBy("id.number")
        public List<Drawer> drawers = new ArrayList<>();

        @Version
        public long version;
    }

    /** A part. */
    @Entity
    public static class Drawer {

        @EmbeddedId
        public DrawerId id;

        public int size = 1;

        protected Drawer() {}

        Drawer(Cabinet cabinet, int number) {
            this.id = new DrawerId(cabinet, number);
        }
    }

    /** Of a drawer. */
    @Embeddable
    public static class DrawerId implements Serializable {

        private static final long serialVersionUID = 1L;

        @ManyToOne
        private Cabinet cabinet;

        private int number;

        protected DrawerId() {}

        DrawerId(Cabinet cabinet, int number) {
            this.cabinet = cabinet;
            this.number = number;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof DrawerId id && cabinet == id.cabinet && number == id.number;
        }

        @Override
        public int hashCode() {
            return number;
        }
    }

    /** A natural id that may change. */
    @Entity
    @PublishFullState
    public static class Book {

        @Id
        public int id;

        @NaturalId(mutable = true)
        public String isbn;

        @NaturalId(mutable = true)
        public Edition edition;

        @Version
        public Integer version;
    }

    /** In a natural id. */
    @Embeddable
    public record Edition(String publisher, int number) {}

    /** Mapped by its getters, parts too. */
    @Entity
    @Access(AccessType.PROPERTY)
    @JsonPropertyOrder({"number", "readings"})
    @PublishFullState
    public static class Meter {

        private String key;
        private List<Reading> values = new ArrayList<>();
        private long revision;

        @Id
        public String getNumber() {
            return key;
        }

        public void setNumber(String number) {
            this.key = number;
        }

        @OneToMany(cascade = CascadeType.ALL, orphanRemoval = true)
        public List<Reading> getReadings() {
            return values;
        }

        public void setReadings(List<Reading> readings) {
            this.values = readings;
        }

        @Version
        public long getRevision() {
            return revision;
        }

        public void setRevision(long revision) {
            this.revision = revision;
        }
    }

    /** A part that is mapped by its getters. */
    @Entity
    @Access(AccessType.PROPERTY)
    @JsonPropertyOrder({"day", "amount"})
    public static class Reading {

        private String date;
        private Amount quantity;

        protected Reading() {}

        Reading(String day, int units) {
            this.date = day;
            this.quantity = new Amount();
            this.quantity.setUnits(units);
        }

        @Id
        public String getDay() {
            return date;
        }

        public void setDay(String day) {
            this.date = day;
        }

        public Amount getAmount() {
            return quantity;
        }

        public void setAmount(Amount amount) {
            this.quantity = amount;
        }
    }

    /** An embeddable that is mapped by its getters. */
    @Embeddable
    @Access(AccessType.PROPERTY)
    public static class Amount {

        private int count;

        public int getUnits() {
            return count;
        }

        public void setUnits(int units) {
            this.count = units;
        }
    }
}
