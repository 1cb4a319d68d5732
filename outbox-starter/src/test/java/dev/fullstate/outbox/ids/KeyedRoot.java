package dev.fullstate.outbox.ids;

import java.util.List;

import jakarta.persistence.MappedSuperclass;
import jakarta.persistence.Version;

/** A root of {@link IdEntities}. */
@MappedSuperclass
public abstract class KeyedRoot extends Keyed {

    @Version
    public int version;

    /** Adds a part that refers to its root. */
    public abstract void addLine(Keyed line);

    /** Returns the parts that refer to their root. */
    public abstract List<? extends Keyed> allLines();

    /** Returns the parts to which only this collection leads. */
    public abstract List<Keyed> allNotes();
}
