package dev.fullstate.outbox.ids;

import jakarta.persistence.MappedSuperclass;

/** An entity of {@link IdEntities}. */
@MappedSuperclass
public abstract class Keyed {

    public String text;

    public abstract void identify(Object id);
}
