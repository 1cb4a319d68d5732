package dev.fullstate.outbox.capture;

import org.hibernate.Hibernate;
import org.hibernate.engine.spi.SharedSessionContractImplementor;

import dev.fullstate.outbox.aggregate.OwnerLink;

/**
 * That a part has come to an owner or has left it, as the database was told: by the part's back-reference. The owner's
 * collection in memory may say something else, because only the application keeps both sides in line.
 *
 * @param link how the part belongs to the owner
 * @param ownerId the owner
 * @param part the part itself
 * @param belongs whether it belongs to the owner now
 */
record Membership(OwnerLink link, Object ownerId, Object part, boolean belongs) {

    /** Whether the owner in the session, if it is there and its association is loaded, agrees. */
    boolean agrees(SharedSessionContractImplementor session) {
        Object owner =
                session.getPersistenceContextInternal().getEntity(session.generateEntityKey(ownerId, link.owner()));
        if (owner == null) {
            return true;
        }
        Object association = link.owner().getPropertyValue(owner, link.attributePath());
        return !Hibernate.isInitialized(association)
                || Elements.of(association).stream().anyMatch(element -> element == part) == belongs;
    }
}
