package dev.fullstate.outbox.bulk;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.Version;

import dev.fullstate.outbox.PublishFullState;

/** A hierarchy in several tables: not captured at its top, captured in one branch, and not captured in the other. */
@Entity
@Inheritance(strategy = InheritanceType.JOINED)
public class Item {

    @Id
    public Integer id;

    public String label;

    @Version
    public long version;

    protected Item() {}

    /** The root. */
    @Entity(name = "Parcel")
    @PublishFullState
    public static class Parcel extends Item {

        public int weight;

        protected Parcel() {}

        public Parcel(int id, String label, int weight) {
            this.id = id;
            this.label = label;
            this.weight = weight;
        }
    }

    /** A subclass of the root. */
    @Entity(name = "Crate")
    public static class Crate extends Parcel {

        public String lid;

        protected Crate() {}

        public Crate(int id, String label, int weight, String lid) {
            super(id, label, weight);
            this.lid = lid;
        }
    }

    /** An entity that is not captured. */
    @Entity(name = "Leaflet")
    public static class Leaflet extends Item {

        public int pages;
    }
}
