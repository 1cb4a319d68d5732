package dev.fullstate.outbox.mappings;

import java.util.ArrayList;
import java.util.List;

import jakarta.persistence.CascadeType;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.OneToMany;
import jakarta.persistence.PrimaryKeyJoinColumn;

import dev.fullstate.outbox.PublishFullState;

/** A root that is a subclass of something that is not captured, in a table whose key has a name of its own. */
@Entity
@PrimaryKeyJoinColumn(name = "machine_pk")
@PublishFullState
public class Machine extends Thing {

    @OneToMany(cascade = CascadeType.ALL, orphanRemoval = true)
    public List<Gear> gears = new ArrayList<>();

    protected Machine() {}

    public Machine(String id) {
        this.id = id;
    }

    /** A part. */
    @Entity(name = "Gear")
    public static class Gear {

        @Id
        public String id;

        public int teeth;

        protected Gear() {}

        public Gear(String id, int teeth) {
            this.id = id;
            this.teeth = teeth;
        }
    }
}
