package dev.fullstate.outbox.envelope;

import org.hibernate.metamodel.mapping.CollectionPart;
import org.hibernate.metamodel.mapping.ModelPart;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ser.BeanPropertyWriter;

/** The form of what columns hold: of an attribute, an id, an element of a collection, a value or a key of a map. */
final class ValueForms {

    private ValueForms() {}

    /**
     * The form of a value.
     *
     * @param mapping how it is stored
     * @param property Jackson's view of the attribute that it is, or is an element of; null for the id of a reference
     */
    static ValueForm of(ModelPart mapping, @Nullable BeanPropertyWriter property) {
        return new JacksonForm(property, !(mapping instanceof CollectionPart));
    }

    /**
     * The form of a map's key.
     *
     * @param mapping how it is stored
     * @param property Jackson's view of the attribute that is the map
     */
    static KeyForm ofKey(ModelPart mapping, BeanPropertyWriter property) {
        return new JacksonKeyForm(property);
    }
}
