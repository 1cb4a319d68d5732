package dev.fullstate.outbox.mappings;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

import jakarta.persistence.CascadeType;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.MapKey;
import jakarta.persistence.MapsId;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OneToOne;
import jakarta.persistence.OrderBy;
import jakarta.persistence.Version;

import dev.fullstate.outbox.PublishFullState;

/** A root with parts whose ids are made of the root's. */
@Entity
@PublishFullState
public class Derived {

    @Id
    public Long id;

    @OneToMany(mappedBy = "root", cascade = CascadeType.ALL, orphanRemoval = true)
    @OrderBy("position")
    public List<Step> steps = new ArrayList<>();

    @OneToMany(mappedBy = "root", cascade = CascadeType.ALL, orphanRemoval = true)
    @MapKey(name = "text")
    public Map<String, Label> labels = new TreeMap<>();

    @OneToOne(mappedBy = "root", cascade = CascadeType.ALL, orphanRemoval = true)
    public Seal seal;

    @Version
    public long version;

    protected Derived() {}

    public Derived(long id) {
        this.id = id;
    }

    /** A part identified by root and position, with an id class. */
    @Entity(name = "Step")
    @IdClass(StepId.class)
    public static class Step {

        @Id
        @ManyToOne(fetch = FetchType.LAZY)
        public Derived root;

        @Id
        public int position;

        public String text;

        protected Step() {}

        public Step(Derived root, int position, String text) {
            this.root = root;
            this.position = position;
            this.text = text;
        }
    }

    /** The id class of {@link Step}. */
    public static class StepId implements Serializable {

        private static final long serialVersionUID = 1L;

        public Long root;
        public int position;

        protected StepId() {}

        public StepId(Long root, int position) {
            this.root = root;
            this.position = position;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof StepId id && Objects.equals(root, id.root) && position == id.position;
        }

        @Override
        public int hashCode() {
            return Objects.hash(root, position);
        }
    }

    /** A part identified by root and position, with an embedded id. */
    @Entity(name = "Label")
    public static class Label {

        @EmbeddedId
        public LabelId id;

        @MapsId("rootId")
        @ManyToOne(fetch = FetchType.LAZY)
        public Derived root;

        public String text;

        protected Label() {}

        public Label(Derived root, int position, String text) {
            this.id = new LabelId(root.id, position);
            this.root = root;
            this.text = text;
        }
    }

    /** The embedded id of {@link Label}. */
    @Embeddable
    public record LabelId(Long rootId, int position) implements Serializable {}

    /** A part that shares its root's id. */
    @Entity(name = "Seal")
    public static class Seal {

        @Id
        public Long id;

        @MapsId
        @OneToOne(fetch = FetchType.LAZY)
        public Derived root;

        public String text;

        protected Seal() {}

        public Seal(Derived root, String text) {
            this.root = root;
            this.text = text;
        }
    }
}
