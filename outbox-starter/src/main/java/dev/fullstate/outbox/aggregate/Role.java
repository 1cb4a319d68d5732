package dev.fullstate.outbox.aggregate;

import org.hibernate.metamodel.mapping.ModelPart;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/** The role that an attribute, or an element of one, has in the state of its aggregate (docs/adr/0020). */
public sealed interface Role {

    /**
     * A value in columns: part of the state.
     *
     * @param mapping by which it is stored
     */
    record Value(ModelPart mapping) implements Role {

        @Override
        public String toString() {
            return "value of " + mapping.getJavaType().getTypeName();
        }
    }

    /**
     * An embeddable: part of the state, with its attributes.
     *
     * @param place of its attributes
     */
    record Embedded(Place place) implements Role {

        @Override
        public String toString() {
            return "embedded " + place;
        }
    }

    /**
     * An entity that lives and dies with the aggregate: part of the state, with its attributes.
     *
     * @param entity the entity
     * @param id a value, or an embeddable
     * @param place of its attributes
     */
    record Part(EntityPersister entity, Role id, Place place) implements Role {

        @Override
        public String toString() {
            return "part " + place;
        }
    }

    /**
     * An entity with a life of its own: its id is part of the state.
     *
     * @param target the entity
     * @param id a value, or an embeddable
     */
    record Reference(EntityPersister target, Role id) implements Role {

        @Override
        public String toString() {
            return "reference to " + target.getEntityName();
        }
    }

    /**
     * A collection or an array.
     *
     * @param order of its elements
     * @param element the role of each of them
     */
    record Elements(Order order, Role element) implements Role {

        @Override
        public String toString() {
            return "elements (" + order + "), each " + element;
        }
    }

    /**
     * A map.
     *
     * @param key that names its members
     * @param sorted whether the mapping has an order for them
     * @param value the role of each value
     */
    record Entries(Key key, boolean sorted, Role value) implements Role {

        @Override
        public String toString() {
            return "entries" + (sorted ? " (as mapped)" : " (by key)") + ", each " + value;
        }
    }

    /** An attribute that is not part of the state at this place. */
    enum Outside implements Role {
        /** The way that leads to this place, seen from its other end. */
        WAY_UP,
        /** An association whose columns are elsewhere and belong to others: it changes without the aggregate. */
        INVERSE,
        /** The optimistic lock, which travels beside the state. */
        VERSION
    }

    /** The order of the elements of a collection. */
    enum Order {
        /** The mapping's: by a column, an expression or a comparator. */
        AS_MAPPED,
        /** By the id of each element, because the mapping has no order. */
        BY_ID,
        /** By the value of each element, because the mapping has no order and an element has no id. */
        BY_VALUE
    }

    /**
     * The keys of a map.
     *
     * @param mapping by which a key is stored
     * @param text writes a key that is an embeddable or an entity; null for basic values
     */
    record Key(ModelPart mapping, @Nullable MapKey text) {}
}
