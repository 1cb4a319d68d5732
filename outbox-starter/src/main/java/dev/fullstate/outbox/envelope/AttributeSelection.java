package dev.fullstate.outbox.envelope;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.util.StringUtils;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.PropertyName;
import tools.jackson.databind.SerializationConfig;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.introspect.AnnotatedMethod;
import tools.jackson.databind.ser.BeanPropertyWriter;
import tools.jackson.databind.ser.ValueSerializerModifier;

import dev.fullstate.outbox.aggregate.Aggregates;
import dev.fullstate.outbox.aggregate.Attribute;
import dev.fullstate.outbox.aggregate.ManagedType;

/**
 * Of the properties that Jackson finds on an entity or embeddable, keeps those that are the aggregate's state: persistent
 * attributes in their role, and others that carry a Jackson annotation of their own (a computed total, say).
 */
final class AttributeSelection extends ValueSerializerModifier {

    private static final long serialVersionUID = 1L;

    private final transient Aggregates aggregates;

    AttributeSelection(Aggregates aggregates) {
        this.aggregates = aggregates;
    }

    @Override
    public List<BeanPropertyWriter> changeProperties(
            SerializationConfig config, BeanDescription.Supplier bean, List<BeanPropertyWriter> properties) {
        ManagedType type = aggregates.managedType(bean.getBeanClass());
        if (type == null) {
            return properties;
        }
        List<BeanPropertyWriter> selected = new ArrayList<>();
        for (BeanPropertyWriter property : properties) {
            Attribute attribute = type.attributes().get(attributeName(property.getMember()));
            boolean named = isNamed(config, property);
            BeanPropertyWriter writer = attribute == null
                    ? (named ? property : null)
                    : writer(bean.getBeanClass(), property, attribute, named);
            if (writer != null) {
                selected.add(writer);
            }
        }
        return selected;
    }

    private static @Nullable BeanPropertyWriter writer(
            Class<?> beanClass, BeanPropertyWriter property, Attribute attribute, boolean named) {
        return switch (attribute.role()) {
            case VALUE, OWNED -> LazyAttributeWriter.ifNeeded(property, attribute, beanClass);
            case REFERENCE -> new ReferenceWriter(property, referenceName(property, attribute, named), attribute);
            case OUTSIDE, VERSION -> null;
        };
    }

    private static PropertyName referenceName(BeanPropertyWriter property, Attribute attribute, boolean named) {
        boolean many = attribute.mapping() != null && attribute.mapping().isPluralAttributeMapping();
        return PropertyName.construct(named ? property.getName() : property.getName() + (many ? "Ids" : "Id"));
    }

    private static boolean isNamed(SerializationConfig config, BeanPropertyWriter property) {
        return config.getAnnotationIntrospector().findNameForSerialization(config, property.getMember()) != null;
    }

    private static String attributeName(AnnotatedMember member) {
        String name = member.getName();
        if (member instanceof AnnotatedMethod) {
            for (String prefix : List.of("get", "is")) {
                if (name.startsWith(prefix) && name.length() > prefix.length()) {
                    return StringUtils.uncapitalizeAsProperty(name.substring(prefix.length()));
                }
            }
        }
        return name;
    }
}
