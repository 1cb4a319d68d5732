package dev.fullstate.outbox.unordered;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import jakarta.persistence.CascadeType;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.MapKeyColumn;
import jakarta.persistence.OneToMany;
import jakarta.persistence.Version;

import dev.fullstate.outbox.PublishFullState;

/** A root. The collections keep the order in which they are filled, until they are read back. */
@Entity
@PublishFullState
public class Heap {

    @Id
    public int id = 1;

    @ElementCollection
    public Set<Integer> numbers = new LinkedHashSet<>();

    @ElementCollection
    public List<BigDecimal> amounts = new ArrayList<>();

    @ElementCollection
    public Set<LocalDate> days = new LinkedHashSet<>();

    @ElementCollection
    @Enumerated(EnumType.STRING)
    public Set<Color> colors = new LinkedHashSet<>();

    @ElementCollection
    public Set<Point> points = new LinkedHashSet<>();

    @ElementCollection
    public Map<Integer, String> named = new LinkedHashMap<>();

    @ElementCollection
    public Map<Point, String> placed = new LinkedHashMap<>();

    @OneToMany(cascade = CascadeType.ALL, orphanRemoval = true)
    public Set<Stone> stones = new HashSet<>();

    @OneToMany(cascade = CascadeType.ALL, orphanRemoval = true)
    @JoinColumn(name = "heap_id")
    public List<Stick> sticks = new ArrayList<>();

    @OneToMany(cascade = CascadeType.ALL, orphanRemoval = true)
    @MapKeyColumn(name = "slot")
    public Map<String, Leaf> leaves = new HashMap<>();

    @ManyToMany
    public Set<Owner> owners = new HashSet<>();

    @Version
    public long version;

    /** An enum in another order than that of its names. */
    public enum Color {
        RED,
        GREEN,
        BLUE
    }

    /** A value without a natural order. */
    @Embeddable
    public record Point(int east, int north) {}

    /** A part, without {@code equals}: a set has it in an order that differs each time. */
    @Entity(name = "Stone")
    public static class Stone {

        @Id
        public long id;

        public int weight = 1;

        protected Stone() {}

        Stone(long id) {
            this.id = id;
        }
    }

    /** A part. */
    @Entity(name = "Stick")
    public static class Stick {

        @Id
        public String id;

        public int length = 1;

        protected Stick() {}

        Stick(String id) {
            this.id = id;
        }
    }

    /** A part. */
    @Entity(name = "Leaf")
    public static class Leaf {

        @Id
        public int id;

        protected Leaf() {}

        Leaf(int id) {
            this.id = id;
        }
    }

    /** An owner with a life of its own. */
    @Entity(name = "Owner")
    public static class Owner {

        @Id
        public int id;

        protected Owner() {}

        Owner(int id) {
            this.id = id;
        }
    }
}
