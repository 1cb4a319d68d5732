package dev.fullstate.outbox.shapes;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import jakarta.persistence.CascadeType;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OneToOne;
import jakarta.persistence.Version;
import org.hibernate.Hibernate;
import org.hibernate.annotations.Fetch;
import org.hibernate.annotations.FetchMode;

import dev.fullstate.outbox.PublishFullState;

/** A root with items that each have a collection, two parts of their own, and eager references to entities with more of these. */
@Entity
@PublishFullState
@SuppressWarnings("UnusedVariable") // fields are read by reflection
public class Basket {

    @Id
    private Integer id;

    private int edits;

    @OneToMany(mappedBy = "basket", cascade = CascadeType.ALL, orphanRemoval = true)
    private List<Item> items = new ArrayList<>();

    @Version
    private int version;

    protected Basket() {}

    Basket(int id, int items) {
        this.id = id;
        for (int i = 0; i < items; i++) {
            add();
        }
    }

    void edit() {
        edits++;
    }

    void add() {
        items.add(new Item(this, id * 1_000 + items.size()));
    }

    List<Item> items() {
        return items;
    }

    /** A part. */
    @Entity
    @SuppressWarnings("UnusedVariable") // fields are read by reflection
    public static class Item {

        @Id
        private Integer id;

        @ManyToOne(fetch = FetchType.LAZY)
        private Basket basket;

        private int edits;

        @ElementCollection
        private Set<String> tags = new LinkedHashSet<>();

        @OneToOne(mappedBy = "item", cascade = CascadeType.ALL, orphanRemoval = true)
        private Detail detail;

        @OneToOne(cascade = CascadeType.ALL, orphanRemoval = true, fetch = FetchType.LAZY)
        private Wrapping wrapping;

        @ManyToOne
        private Supplier supplier;

        @ManyToOne
        @Fetch(FetchMode.SELECT)
        private Supplier second;

        protected Item() {}

        Item(Basket basket, int id) {
            this.basket = basket;
            this.id = id;
            this.tags.add("red");
            this.tags.add("round");
            this.detail = new Detail(this);
            this.wrapping = new Wrapping(id);
            this.supplier = new Supplier(id);
            this.second = new Supplier(-id - 1);
        }

        void edit() {
            edits++;
        }

        Detail detail() {
            return detail;
        }

        void loseDetail() {
            detail = null;
        }

        /** Loads the wrapping: before Hibernate deletes wrappings, it loads each by itself, so that listeners hear of it. */
        void unwrap() {
            Hibernate.initialize(wrapping);
        }

        List<Supplier> suppliers() {
            return List.of(supplier, second);
        }
    }

    /** A part of a part, which refers to it. */
    @Entity
    @SuppressWarnings("UnusedVariable") // fields are read by reflection
    public static class Detail {

        @Id
        private Integer id;

        @OneToOne(fetch = FetchType.LAZY)
        private Item item;

        private int edits;

        protected Detail() {}

        Detail(Item item) {
            this.id = item.id;
            this.item = item;
        }

        void edit() {
            edits++;
        }
    }

    /** A part of a part, to which the item refers. */
    @Entity
    @SuppressWarnings("UnusedVariable") // fields are read by reflection
    public static class Wrapping {

        @Id
        private Integer id;

        @ElementCollection
        private List<String> colours = new ArrayList<>(List.of("blue"));

        protected Wrapping() {}

        Wrapping(int id) {
            this.id = id;
        }
    }

    /** An entity that is not part of a basket. */
    @Entity
    @SuppressWarnings("UnusedVariable") // fields are read by reflection
    public static class Supplier {

        @Id
        private Integer id;

        @ManyToOne(cascade = CascadeType.PERSIST)
        @Fetch(FetchMode.SELECT)
        private Country country;

        @OneToOne(mappedBy = "supplier")
        private Rating rating;

        protected Supplier() {}

        Supplier(int id) {
            this.id = id;
            this.country = new Country(id);
        }
    }

    /** An entity that is not part of a basket either. */
    @Entity
    @SuppressWarnings("UnusedVariable") // fields are read by reflection
    public static class Country {

        @Id
        private Integer id;

        protected Country() {}

        Country(int id) {
            this.id = id;
        }
    }

    /** An entity that is not part of a basket either. */
    @Entity
    @SuppressWarnings("UnusedVariable") // fields are read by reflection
    public static class Rating {

        @Id
        private Integer id;

        @OneToOne
        private Supplier supplier;
    }
}
