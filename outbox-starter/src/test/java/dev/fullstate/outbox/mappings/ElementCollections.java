package dev.fullstate.outbox.mappings;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

import jakarta.persistence.CascadeType;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import jakarta.persistence.OrderColumn;
import jakarta.persistence.Version;
import org.hibernate.annotations.SortNatural;

import dev.fullstate.outbox.PublishFullState;

/** Collections of values, wherever they are. */
final class ElementCollections {

    private ElementCollections() {}

    static Stream<Lifecycle> lifecycles() {
        return Stream.of(ofBasics(), ofEmbeddables(), inAnEmbeddableInAPart());
    }

    private static Lifecycle ofBasics() {
        return Lifecycle.of("notebook", 1)
                .create(
                        em -> {
                            Notebook notebook = new Notebook();
                            notebook.lines.addAll(List.of("b", "a"));
                            notebook.words.addAll(List.of("y", "x"));
                            notebook.codes = new String[] {"k", "j"};
                            em.persist(notebook);
                        },
                        "{'id':1,'lines':['b','a'],'words':['x','y'],'codes':['k','j']}")
                .change(
                        "only the order",
                        em -> Collections.reverse(em.find(Notebook.class, 1).lines),
                        "{'id':1,'lines':['a','b'],'words':['x','y'],'codes':['k','j']}")
                .change(
                        "an element less",
                        em -> em.find(Notebook.class, 1).words.remove("x"),
                        "{'id':1,'lines':['a','b'],'words':['y'],'codes':['k','j']}")
                .change(
                        "an element of an array",
                        em -> em.find(Notebook.class, 1).codes[0] = "l",
                        "{'id':1,'lines':['a','b'],'words':['y'],'codes':['l','j']}")
                .delete(Notebook.class, 1);
    }

    private static Lifecycle ofEmbeddables() {
        return Lifecycle.of("tour", 1)
                .given(em -> em.persist(new Guide("ann")))
                .create(
                        em -> {
                            Tour tour = new Tour();
                            tour.visits.add(new Visit("Bonn", new Span(1, 2), em.find(Guide.class, "ann")));
                            tour.visits.add(new Visit("Rome", new Span(3, 4), null));
                            em.persist(tour);
                        },
                        "{'id':1,'visits':[{'city':'Bonn','span':{'from':1,'to':2},'guideId':'ann'},"
                                + "{'city':'Rome','span':{'from':3,'to':4},'guideId':null}]}")
                .change(
                        "an attribute of an element",
                        em -> em.find(Tour.class, 1).visits.iterator().next().span = new Span(5, 6),
                        "{'id':1,'visits':[{'city':'Bonn','span':{'from':5,'to':6},'guideId':'ann'},"
                                + "{'city':'Rome','span':{'from':3,'to':4},'guideId':null}]}")
                .change(
                        "an element less",
                        em -> em.find(Tour.class, 1).visits.removeIf(visit -> visit.city.equals("Bonn")),
                        "{'id':1,'visits':[{'city':'Rome','span':{'from':3,'to':4},'guideId':null}]}")
                .delete(Tour.class, 1);
    }

    private static Lifecycle inAnEmbeddableInAPart() {
        return Lifecycle.of("estate", 1)
                .create(
                        em -> {
                            Estate estate = new Estate();
                            House house = new House();
                            house.estate = estate;
                            house.garden.flowers.add("rose");
                            house.garden.flowers.add("iris");
                            estate.houses.add(house);
                            em.persist(estate);
                        },
                        "{'id':1,'houses':[{'id':2,'garden':{'flowers':['iris','rose']}}]}")
                .change(
                        "an element more",
                        em -> em.find(House.class, 2).garden.flowers.add("lily"),
                        "{'id':1,'houses':[{'id':2,'garden':{'flowers':['iris','lily','rose']}}]}")
                .change(
                        "an element less",
                        em -> em.find(House.class, 2).garden.flowers.remove("rose"),
                        "{'id':1,'houses':[{'id':2,'garden':{'flowers':['iris','lily']}}]}")
                .change(
                        "another collection",
                        em -> em.find(House.class, 2).garden.flowers = new TreeSet<>(List.of("poppy")),
                        "{'id':1,'houses':[{'id':2,'garden':{'flowers':['poppy']}}]}")
                .delete(Estate.class, 1);
    }

    /** A root with collections of basic values. */
    @Entity
    @PublishFullState
    public static class Notebook {

        @Id
        public int id = 1;

        @ElementCollection
        @OrderColumn(name = "position")
        public List<String> lines = new ArrayList<>();

        @ElementCollection
        @SortNatural
        public SortedSet<String> words = new TreeSet<>();

        @ElementCollection
        @OrderColumn(name = "position")
        public String[] codes;

        @Version
        public long version;
    }

    /** A root with a collection of embeddables. */
    @Entity
    @PublishFullState
    public static class Tour {

        @Id
        public int id = 1;

        @ElementCollection
        @OrderBy("city")
        public Set<Visit> visits = new LinkedHashSet<>();

        @Version
        public long version;
    }

    /** An element. */
    @Embeddable
    public static class Visit {

        public String city;

        public Span span;

        @ManyToOne
        public Guide guide;

        protected Visit() {}

        Visit(String city, Span span, Guide guide) {
            this.city = city;
            this.span = span;
            this.guide = guide;
        }
    }

    /** An embeddable in an element. */
    @Embeddable
    public record Span(
            @Column(name = "begins") int from,
            @Column(name = "ends") int to) {}

    /** A guide with a life of his own. */
    @Entity
    public static class Guide {

        @Id
        public String name;

        protected Guide() {}

        Guide(String name) {
            this.name = name;
        }
    }

    /** A root with parts with embeddables with collections. */
    @Entity
    @PublishFullState
    public static class Estate {

        @Id
        public int id = 1;

        @OneToMany(mappedBy = "estate", cascade = CascadeType.ALL, orphanRemoval = true)
        public List<House> houses = new ArrayList<>();

        @Version
        public long version;
    }

    /** A part. */
    @Entity
    public static class House {

        @Id
        public int id = 2;

        @ManyToOne
        public Estate estate;

        public Garden garden = new Garden();
    }

    /** An embeddable with a collection. */
    @Embeddable
    public static class Garden {

        @ElementCollection
        @SortNatural
        public SortedSet<String> flowers = new TreeSet<>();
    }
}
