package dev.fullstate.outbox.envelope;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanUtils;
import org.springframework.util.StringUtils;
import tools.jackson.databind.AnnotationIntrospector;
import tools.jackson.databind.PropertyName;
import tools.jackson.databind.PropertyNamingStrategy;
import tools.jackson.databind.SerializationConfig;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.AnnotatedField;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.introspect.AnnotatedMethod;
import tools.jackson.databind.ser.BeanPropertyWriter;
import tools.jackson.databind.util.NameTransformer;

/** Jackson's view of a class of a state: its properties, their names and their annotations. */
final class Properties {

    private final SerializationConfig config;
    private final AnnotationIntrospector annotations;
    private final AnnotatedClass type;
    private final List<BeanPropertyWriter> all;
    private final @Nullable PropertyNamingStrategy naming;

    private Properties(SerializationContext context, Class<?> type, List<BeanPropertyWriter> all) {
        this.config = context.getConfig();
        this.annotations = config.getAnnotationIntrospector();
        this.type =
                context.introspectBeanDescription(context.constructType(type)).getClassInfo();
        this.all = all;
        this.naming = naming();
    }

    /** Returns the properties of a class; null if Jackson's serializer for it does not consist of properties. */
    static @Nullable Properties of(Class<?> type, SerializationContext context) {
        ValueSerializer<Object> serializer = context.findValueSerializer(type);
        return (Object) serializer instanceof StateSerializer bean
                ? new Properties(context, type, bean.beanProperties())
                : null;
    }

    private @Nullable PropertyNamingStrategy naming() {
        Object strategy = annotations.findNamingStrategy(config, type);
        if (strategy instanceof PropertyNamingStrategy instance) {
            return instance;
        }
        return strategy instanceof Class<?> strategyType && strategyType != PropertyNamingStrategy.class
                ? (PropertyNamingStrategy) BeanUtils.instantiateClass(strategyType)
                : config.getPropertyNamingStrategy();
    }

    List<BeanPropertyWriter> all() {
        return all;
    }

    AnnotatedClass type() {
        return type;
    }

    /** Returns whether an annotation asks for a property, which matters where it is not persistent. */
    boolean isAsked(BeanPropertyWriter property) {
        return annotations.findNameForSerialization(config, property.getMember()) != null;
    }

    /** Returns whether an annotation gives a property a name other than its own in Java. */
    boolean isNamed(BeanPropertyWriter property) {
        PropertyName name = annotations.findNameForSerialization(config, property.getMember());
        return name != null && name.hasSimpleName();
    }

    /** Returns whether the application chooses how the values of a property, or their elements, are written. */
    boolean hasSerializer(BeanPropertyWriter property) {
        AnnotatedMember member = property.getMember();
        return annotations.findSerializer(config, member) != null
                || annotations.findSerializationConverter(config, member) != null
                || annotations.findContentSerializer(config, member) != null
                || annotations.findSerializationContentConverter(config, member) != null
                || annotations.findKeySerializer(config, member) != null;
    }

    /** Returns the renaming of the members that stand in place of a property; null if the property is not unwrapped. */
    @Nullable
    NameTransformer unwrapping(BeanPropertyWriter property) {
        return annotations.findUnwrappingNameTransformer(config, property.getMember());
    }

    /** Returns the names that a property leaves out of the objects that it holds. */
    Set<String> ignoredBelow(BeanPropertyWriter property) {
        return original()
                .findPropertyIgnoralByName(config, property.getMember())
                .findIgnoredForSerialization();
    }

    /** Returns the annotations as they are, including those that hide properties. */
    AnnotationIntrospector original() {
        return annotations instanceof StateAnnotations ofState ? ofState.original() : annotations;
    }

    SerializationConfig config() {
        return config;
    }

    /** Applies the class's naming strategy to a name that no element of the class carries. */
    String name(String name, AnnotatedMember beside) {
        if (naming == null) {
            return name;
        }
        return beside instanceof AnnotatedMethod method
                ? naming.nameForGetterMethod(config, method, name)
                : naming.nameForField(config, beside instanceof AnnotatedField field ? field : null, name);
    }

    /** Applies the class's naming strategy to the name of the kind. */
    String nameOfKind(String name) {
        return all.isEmpty() ? name : name(name, all.get(0).getMember());
    }

    /** Returns the field and the methods that belong to an attribute. */
    List<AnnotatedMember> members(String attribute) {
        List<AnnotatedMember> members = new ArrayList<>();
        type.fields().forEach(field -> {
            if (field.getName().equals(attribute)) {
                members.add(field);
            }
        });
        type.memberMethods().forEach(method -> {
            if (method.getParameterCount() < 2 && nameOf(method).equals(attribute)) {
                members.add(method);
            }
        });
        return members;
    }

    /** Returns the name of the attribute that a field, getter or setter belongs to. */
    static String nameOf(AnnotatedMember member) {
        String name = member.getName();
        if (member instanceof AnnotatedMethod) {
            for (String prefix : List.of("get", "is", "set")) {
                if (name.startsWith(prefix) && name.length() > prefix.length()) {
                    return StringUtils.uncapitalizeAsProperty(name.substring(prefix.length()));
                }
            }
        }
        return name;
    }
}
