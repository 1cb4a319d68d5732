package dev.fullstate.outbox.envelope;

import java.util.List;

import org.hibernate.metamodel.mapping.EmbeddableMappingType;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;

/**
 * Writes a value of several columns as an object of the attributes that its user type maps, in Hibernate's order: that of their
 * names.
 */
final class CompositeForm implements ValueForm {

    private final EmbeddableMappingType mapping;
    private final List<ValueForm> attributes;

    CompositeForm(EmbeddableMappingType mapping, List<ValueForm> attributes) {
        this.mapping = mapping;
        this.attributes = attributes;
    }

    @Override
    public void write(Object value, JsonGenerator generator, SerializationContext context) {
        generator.writeStartObject();
        for (int i = 0; i < attributes.size(); i++) {
            generator.writeName(mapping.getAttributeMapping(i).getAttributeName());
            ValueForm.writeNullable(attributes.get(i), mapping.getValue(value, i), generator, context);
        }
        generator.writeEndObject();
    }
}
