package dev.fullstate.outbox.aggregate;

/** Writes the key of a map that is an embeddable, or an entity, for which its id stands. */
@FunctionalInterface
public interface MapKey {

    /** Returns the name of the member for this key. */
    String text(Object key);
}
