package dev.fullstate.outbox.mappings;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import jakarta.persistence.CascadeType;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import jakarta.persistence.Version;

import dev.fullstate.outbox.PublishFullState;

/** Ids of several attributes, of roots and of parts to which only their owner's collection leads. */
final class CompositeIdentifiers {

    private CompositeIdentifiers() {}

    static Stream<Lifecycle> lifecycles() {
        return Stream.of(embeddedId(), idClass(), wayUpInTheId());
    }

    /** The id is declared in another order than the alphabet's, and has characters that are encoded in a key. */
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

    /** The id of a place. */
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

    /** The id of a chair. */
    @Embeddable
    public record ChairId(int row, String kind) implements Serializable {}

    /** A root with several ids and a class for them. */
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

    /** The id of a route. */
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

    /** The id of a leg: a class as it was before there were records. */
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

    /** A root that its parts have in their ids. */
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

    /** The id of a drawer. */
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
}
