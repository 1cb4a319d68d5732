package dev.fullstate.outbox.aggregate;

/** The text of a map's key that is an embeddable, or an entity, which its id stands for. */
@FunctionalInterface
public interface MapKey {

    /** The name of the member that has the value of this key. */
    String text(Object key);
}
