package dev.fullstate.outbox.envelope;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;

import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.jsontype.TypeSerializer;
import tools.jackson.databind.ser.BeanPropertyWriter;
import tools.jackson.databind.ser.PropertyWriter;
import tools.jackson.databind.ser.bean.BeanSerializerBase;
import tools.jackson.databind.util.NameTransformer;

/**
 * Stands for a class of a state where Jackson looks for its serializer. Jackson's own serializer knows the names, order and
 * annotations of the class's properties, from which the form is made. If a serializer of the application, or a computed value,
 * has Jackson write an object of the class outside of its places, the object is written as at the first of them.
 */
final class StateSerializer extends ValueSerializer<Object> {

    private final BeanSerializerBase bean;
    private final Function<Class<?>, ValueForm> forms;

    StateSerializer(BeanSerializerBase bean, Function<Class<?>, ValueForm> forms) {
        this.bean = bean;
        this.forms = forms;
    }

    /** Returns the properties of the class, in order. */
    List<BeanPropertyWriter> beanProperties() {
        List<BeanPropertyWriter> properties = new ArrayList<>();
        for (Iterator<PropertyWriter> all = bean.properties(); all.hasNext(); ) {
            if (all.next() instanceof BeanPropertyWriter property) {
                properties.add(property);
            }
        }
        return properties;
    }

    @Override
    public void resolve(SerializationContext context) {
        bean.resolve(context);
    }

    @Override
    public void serialize(Object value, JsonGenerator generator, SerializationContext context) {
        forms.apply(bean.handledType()).write(value, generator, context);
    }

    /** Writes no wrapper: the kind of the object is a member of it. */
    @Override
    public void serializeWithType(
            Object value, JsonGenerator generator, SerializationContext context, TypeSerializer types) {
        serialize(value, generator, context);
    }

    @Override
    public ValueSerializer<Object> unwrappingSerializer(NameTransformer names) {
        return bean.unwrappingSerializer(names);
    }

    @Override
    public Class<?> handledType() {
        return bean.handledType();
    }
}
