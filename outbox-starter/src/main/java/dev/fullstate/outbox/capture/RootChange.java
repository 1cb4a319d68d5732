package dev.fullstate.outbox.capture;

import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.aggregate.Aggregate;
import dev.fullstate.outbox.contract.Operation;

/** What a transaction did to one root so far. */
final class RootChange {

    private final Aggregate aggregate;
    private final EntityPersister entity;
    private final Object id;
    private final String idText;

    private @Nullable Operation first;
    private @Nullable Operation last;
    private boolean versionRaised;
    private @Nullable Long deletedVersion;

    RootChange(Aggregate aggregate, EntityPersister entity, Object id, String idText) {
        this.aggregate = aggregate;
        this.entity = entity;
        this.id = id;
        this.idText = idText;
    }

    void add(Operation operation) {
        if (first == null) {
            first = operation;
        }
        if (operation != Operation.UPDATE || last != Operation.DELETE) {
            last = operation;
        }
    }

    void versionRaised() {
        versionRaised = true;
    }

    void deleted(@Nullable Long version) {
        add(Operation.DELETE);
        deletedVersion = version;
    }

    /** All in all: null where nothing is left of it, because the root was created and deleted again. */
    @Nullable
    Operation operation() {
        if (last == Operation.DELETE) {
            return first == Operation.CREATE ? null : Operation.DELETE;
        }
        return first == Operation.CREATE ? Operation.CREATE : Operation.UPDATE;
    }

    /** Whether the row is locked by this transaction, and its version counts this change, without our doing. */
    boolean locked() {
        return versionRaised || first == Operation.CREATE || last == Operation.CREATE;
    }

    Aggregate aggregate() {
        return aggregate;
    }

    EntityPersister entity() {
        return entity;
    }

    Object id() {
        return id;
    }

    String idText() {
        return idText;
    }

    @Nullable
    Long deletedVersion() {
        return deletedVersion;
    }

    @Override
    public String toString() {
        return aggregate.type() + " " + idText;
    }
}
