package dev.fullstate.outbox.capture;

import org.hibernate.persister.entity.EntityPersister;

import dev.fullstate.outbox.aggregate.OwnerLink;

/**
 * A changed part whose owner has to be asked of the database.
 *
 * @param part its entity
 * @param id its id
 * @param link the way up to look for
 */
record PartChange(EntityPersister part, Object id, OwnerLink link) {}
