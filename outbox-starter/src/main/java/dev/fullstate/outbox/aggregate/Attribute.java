package dev.fullstate.outbox.aggregate;

import java.util.function.UnaryOperator;

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
 * @param mappedBy the target's attribute that holds the association, if it is the other side that does, else null
 * @param asStored turns a value in memory into what PostgreSQL has stored or will store of it
 */
public record Attribute(
        String name,
        Role role,
        @Nullable AttributeMapping mapping,
        @Nullable EntityPersister target,
        @Nullable String mappedBy,
        UnaryOperator<Object> asStored) {

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

    static Attribute value(String name, @Nullable AttributeMapping mapping, UnaryOperator<Object> asStored) {
        return new Attribute(name, Role.VALUE, mapping, null, null, asStored);
    }

    static Attribute of(String name, Role role, AttributeMapping mapping, @Nullable EntityPersister target) {
        return new Attribute(name, role, mapping, target, null, UnaryOperator.identity());
    }

    static Attribute owned(String name, AttributeMapping mapping, EntityPersister target, @Nullable String mappedBy) {
        return new Attribute(name, Role.OWNED, mapping, target, mappedBy, UnaryOperator.identity());
    }
}
