package dev.fullstate.outbox.shapes;

import java.util.ArrayList;
import java.util.List;

import jakarta.persistence.CascadeType;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OneToOne;
import jakarta.persistence.Version;
import org.hibernate.annotations.Fetch;
import org.hibernate.annotations.FetchMode;

import dev.fullstate.outbox.PublishFullState;

/** A root with parts that do not know it, and with references wherever one can be. */
@Entity
@PublishFullState
@SuppressWarnings("UnusedVariable") // fields are read by reflection
public class Crate {

    @Id
    private Integer id;

    private int edits;

    @OneToMany(cascade = CascadeType.ALL, orphanRemoval = true)
    @JoinColumn(name = "crate_id")
    private List<Piece> pieces = new ArrayList<>();

    @OneToMany(cascade = CascadeType.ALL, orphanRemoval = true)
    private List<Label> labels = new ArrayList<>();

    @ManyToMany
    private List<Port> ports = new ArrayList<>();

    @ElementCollection
    private List<Call> calls = new ArrayList<>();

    private Call first;

    @ManyToOne
    private Crate below;

    @Version
    private int version;

    protected Crate() {}

    Crate(int id, int pieces, Port port) {
        this.id = id;
        this.first = new Call(port, 1);
        for (int i = 0; i < pieces; i++) {
            add();
            calls.add(new Call(port, i));
        }
        ports.add(port);
    }

    void edit() {
        edits++;
    }

    void add() {
        pieces.add(new Piece(id * 1_000 + pieces.size()));
        labels.add(new Label(id * 1_000 + labels.size()));
    }

    void putOn(Crate other) {
        below = other;
    }

    List<Piece> pieces() {
        return pieces;
    }

    List<Label> labels() {
        return labels;
    }

    /** A part by a column. */
    @Entity
    @SuppressWarnings("UnusedVariable") // fields are read by reflection
    public static class Piece {

        @Id
        private Integer id;

        private int edits;

        @ElementCollection
        private List<String> marks = new ArrayList<>(List.of("fragile"));

        protected Piece() {}

        Piece(int id) {
            this.id = id;
        }

        void edit() {
            edits++;
        }
    }

    /** A part by a table. */
    @Entity
    @SuppressWarnings("UnusedVariable") // fields are read by reflection
    public static class Label {

        @Id
        private Integer id;

        private int edits;

        protected Label() {}

        Label(int id) {
            this.id = id;
        }

        void edit() {
            edits++;
        }
    }

    /** An entity with further references, of kinds that Hibernate cannot leave for later. */
    @Entity
    @SuppressWarnings("UnusedVariable") // fields are read by reflection
    public static class Port {

        @Id
        private Integer id;

        @OneToOne(mappedBy = "port")
        private Pilot pilot;

        @ManyToOne
        @Fetch(FetchMode.SELECT)
        private Port next;

        protected Port() {}

        Port(int id) {
            this.id = id;
        }
    }

    /** An entity that is not part of a crate. */
    @Entity
    @SuppressWarnings("UnusedVariable") // fields are read by reflection
    public static class Pilot {

        @Id
        private Integer id;

        @OneToOne
        private Port port;
    }

    /** An embeddable with a reference. */
    @Embeddable
    @SuppressWarnings("UnusedVariable") // fields are read by reflection
    public static class Call {

        @ManyToOne
        private Port port;

        private int nights;

        protected Call() {}

        Call(Port port, int nights) {
            this.port = port;
            this.nights = nights;
        }
    }
}
