package dev.fullstate.outbox.fragile;

import java.util.ArrayList;
import java.util.List;

import jakarta.persistence.ConstraintMode;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.FetchType;
import jakarta.persistence.ForeignKey;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Version;

import dev.fullstate.outbox.PublishFullState;

/** Root with an attribute whose serializer does what it is told. */
@Entity
@PublishFullState
public class Fragile {

    /** The serializer's side effect. */
    public enum Fault {
        NONE,
        THROWS,
        RUNS_IN_CIRCLES,
        READS_A_DELETED_ROW,
        SETS_AN_ATTRIBUTE,
        CHANGES_A_COLLECTION,
        PERSISTS,
        PERSISTS_AND_FLUSHES
    }

    @Id
    public String id;

    public String name;

    @Enumerated(EnumType.STRING)
    public Fault fault = Fault.NONE;

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(foreignKey = @ForeignKey(ConstraintMode.NO_CONSTRAINT))
    public Anchor anchor;

    @ElementCollection
    public List<String> labels = new ArrayList<>(List.of("first"));

    @Version
    public long version;

    protected Fragile() {}

    public Fragile(String id) {
        this.id = id;
    }
}
