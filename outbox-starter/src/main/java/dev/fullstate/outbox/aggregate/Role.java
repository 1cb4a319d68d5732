package dev.fullstate.outbox.aggregate;

import org.hibernate.metamodel.mapping.ModelPart;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/** The part that an attribute, or an element of one, has in the state of its aggregate. */
public sealed interface Role {

    /**
     * What columns hold: part of the state.
     *
     * @param mapping how it is stored
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
     * @param place what they are here
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
     * @param place what its attributes are here
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
     * @param element what each of them is
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
     * @param key what names its members
     * @param sorted whether the mapping says in which order they are
     * @param value what each of them is
     */
    record Entries(Key key, boolean sorted, Role value) implements Role {

        @Override
        public String toString() {
            return "entries" + (sorted ? " (as mapped)" : " (by key)") + ", each " + value;
        }
    }

    /** Not part of the state at this place. */
    enum Outside implements Role {
        /** The way by which this place is reached, seen from its other end. */
        WAY_UP,
        /** An association whose columns are elsewhere, and that others own: it changes without the aggregate. */
        INVERSE,
        /** The optimistic lock, which travels beside the state. */
        VERSION
    }

    /** In which order the elements of a collection are. */
    enum Order {
        /** As the mapping says: by a column, an expression or a comparator. */
        AS_MAPPED,
        /** The mapping says nothing: by the id of each element. */
        BY_ID,
        /** The mapping says nothing, and an element has no id: by what it is. */
        BY_VALUE
    }

    /**
     * The keys of a map.
     *
     * @param mapping how a key is stored
     * @param text how it is written, where it is an embeddable or an entity; null for a basic value
     */
    record Key(ModelPart mapping, @Nullable MapKey text) {}
}
