package dev.fullstate.outbox.capture;

import org.hibernate.persister.entity.EntityPersister;

/**
 * A changed part whose owner is not known yet.
 *
 * @param part its entity
 * @param id its id
 */
record PartChange(EntityPersister part, Object id) {

    @Override
    public String toString() {
        return part.getEntityName() + " " + id;
    }
}
