package dev.fullstate.outbox.aggregate;

import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/**
 * A persistent attribute of an entity or embeddable.
 *
 * @param name as declared in Java
 * @param role its part in the aggregate's state
 * @param mapping Hibernate's view of it; null for attributes that form the identifier
 * @param target the entity at the other end of an association, else null
 */
public record Attribute(
        String name,
        Role role,
        @Nullable AttributeMapping mapping,
        @Nullable EntityPersister target) {

    /** The part that an attribute has in the state of its aggregate. */
    public enum Role {
        /** A column's value, an embeddable, or a collection of those: part of the state. */
        VALUE,
        /** An association to a part that lives and dies with the aggregate: inlined. */
        OWNED,
        /** An association to something with a life of its own: its id is part of the state. */
        REFERENCE,
        /** From a part to its owner, or the inverse side of an association that others own: not part of the state. */
        OUTSIDE,
        /** The optimistic lock: travels beside the state. */
        VERSION
    }

    static Attribute value(String name, @Nullable AttributeMapping mapping) {
        return new Attribute(name, Role.VALUE, mapping, null);
    }
}
