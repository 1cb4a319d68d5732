package dev.fullstate.outbox.shared;

import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import jakarta.persistence.CascadeType;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.JoinTable;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OneToOne;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import org.hibernate.annotations.DynamicUpdate;
import org.hibernate.annotations.Immutable;

import dev.fullstate.outbox.PublishFullState;

/** Root with parts, whose tables other classes of the application read and write, too. */
@Entity
@Table(name = "product")
@PublishFullState
@JsonAutoDetect(fieldVisibility = Visibility.ANY)
class Product {

    @Id
    int id;

    String name;

    @OneToMany(cascade = CascadeType.ALL)
    @JoinColumn(name = "product_id")
    List<Price> prices = new ArrayList<>();

    @ElementCollection
    List<String> labels = new ArrayList<>();

    @ManyToMany
    @JoinTable(name = "product_tag")
    List<Tag> tags = new ArrayList<>();

    @OneToOne
    @JoinTable(name = "product_leaflet")
    Leaflet leaflet;

    @Version
    int version;

    /** A reference of the root, which sees the root from the other side of their table. */
    @Entity(name = "Tag")
    static class Tag {
        @Id
        int id;

        @ManyToMany(mappedBy = "tags")
        List<Product> products = new ArrayList<>();
    }

    /** Sees the root from the other side of its table, and never writes to it. */
    @Entity(name = "Leaflet")
    static class Leaflet {
        @Id
        int id;

        @OneToOne(mappedBy = "leaflet")
        Product product;
    }

    /** Writes a column of its own collection's, which the root does not have. */
    @Entity(name = "Maker")
    static class Maker {
        @Id
        int id;

        @OneToMany
        @JoinColumn(name = "maker_id", nullable = false)
        List<Lot> lots = new ArrayList<>();
    }

    /** Another root. */
    @Entity(name = "Lot")
    @PublishFullState
    @JsonAutoDetect(fieldVisibility = Visibility.ANY)
    static class Lot {
        @Id
        int id;

        @Version
        int version;
    }

    /** Names the column that the other root does not have, and locks by the root's version. */
    @Entity(name = "LotMaker")
    @Table(name = "lot")
    static class LotMaker {
        @Id
        int id;

        @Column(name = "maker_id")
        Integer maker;

        @Version
        int version;
    }

    /** A part. */
    @Entity(name = "Price")
    @Table(name = "price")
    static class Price {
        @Id
        int id;

        int amount;
    }

    /** Writes what the root publishes. */
    @Entity(name = "ProductName")
    @Table(name = "product")
    static class ProductName {
        @Id
        int id;

        String name;

        int version;
    }

    /** Writes what the part publishes. */
    @Entity(name = "PriceAmount")
    @Table(name = "price")
    static class PriceAmount {
        @Id
        int id;

        int amount;
    }

    /** Writes a column that is nobody's but its own, and reads another one. */
    @Entity(name = "ProductSearch")
    @Table(name = "product")
    @DynamicUpdate
    static class ProductSearch {
        @Id
        int id;

        @Column(insertable = false, updatable = false)
        String name;

        String words;
    }

    /** Only reads. */
    @Entity(name = "ProductView")
    @Table(name = "product")
    @Immutable
    static class ProductView {
        @Id
        int id;

        String name;
    }
}
