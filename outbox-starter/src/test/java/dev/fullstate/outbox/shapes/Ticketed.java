package dev.fullstate.outbox.shapes;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import jakarta.persistence.CascadeType;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.OneToMany;
import jakarta.persistence.Version;

import dev.fullstate.outbox.PublishFullState;

/** A root with ids of two columns, on all levels. */
@Entity
@PublishFullState
@SuppressWarnings("UnusedVariable") // fields are read by reflection
public class Ticketed {

    @EmbeddedId
    private Key id;

    private int edits;

    @OneToMany(mappedBy = "ticketed", cascade = CascadeType.ALL, orphanRemoval = true)
    private List<Stub> stubs = new ArrayList<>();

    @Version
    private int version;

    protected Ticketed() {}

    Ticketed(int number, int stubs) {
        this.id = new Key("row", number);
        for (int i = 0; i < stubs; i++) {
            this.stubs.add(new Stub(this, i));
        }
    }

    void edit() {
        edits++;
    }

    List<Stub> stubs() {
        return stubs;
    }

    /** An id. */
    @Embeddable
    public static class Key implements Serializable {

        private static final long serialVersionUID = 1L;

        private String line;
        private int number;

        protected Key() {}

        Key(String line, int number) {
            this.line = line;
            this.number = number;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && key.line.equals(line) && key.number == number;
        }

        @Override
        public int hashCode() {
            return Objects.hash(line, number);
        }
    }

    /** A part. */
    @Entity
    @SuppressWarnings("UnusedVariable") // fields are read by reflection
    public static class Stub {

        @EmbeddedId
        private Key id;

        @jakarta.persistence.ManyToOne(fetch = jakarta.persistence.FetchType.LAZY)
        private Ticketed ticketed;

        private int edits;

        @ElementCollection
        private List<String> holes = new ArrayList<>(List.of("one"));

        protected Stub() {}

        Stub(Ticketed ticketed, int number) {
            this.id = new Key("stub", ticketed.id.number * 1_000 + number);
            this.ticketed = ticketed;
        }

        void edit() {
            edits++;
        }
    }
}
