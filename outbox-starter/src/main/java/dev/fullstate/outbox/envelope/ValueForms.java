package dev.fullstate.outbox.envelope;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Calendar;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.BasicValuedModelPart;
import org.hibernate.metamodel.mapping.CollectionPart;
import org.hibernate.metamodel.mapping.EmbeddableMappingType;
import org.hibernate.metamodel.mapping.EmbeddableValuedModelPart;
import org.hibernate.metamodel.mapping.JdbcMapping;
import org.hibernate.metamodel.mapping.ModelPart;
import org.hibernate.type.BasicPluralType;
import org.hibernate.type.SqlTypes;
import org.hibernate.type.descriptor.WrapperOptions;
import org.hibernate.type.descriptor.java.SerializableJavaType;
import org.hibernate.type.descriptor.jdbc.JdbcType;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ser.BeanPropertyWriter;

import dev.fullstate.outbox.aggregate.AggregateMappingException;
import dev.fullstate.outbox.aggregate.Aggregates;

/**
 * Decides from the mapping how each basic value of an aggregate is written. The first of these that applies:
 *
 * <ol>
 *   <li>the serializer that the application has registered for the value's class with a {@code FullStateJsonCustomizer},
 *   <li>the document, if the column holds JSON or XML,
 *   <li>the date or time as the column has it, if the column holds one,
 *   <li>the form of the value's class ({@link DecidedForms}), or of a container of such classes,
 *   <li>the attributes of a composite user type, each in its form,
 *   <li>the value that a converter, a user type or a Java type of Hibernate makes for the column.
 * </ol>
 *
 * Other values are refused. An attribute's own annotations come before all of this; the caller applies them. ADR 21
 * (docs/adr/0021) tells why the mapping decides.
 */
final class ValueForms {

    private static final Set<Integer> TEMPORAL = Set.of(
            SqlTypes.DATE,
            SqlTypes.TIME,
            SqlTypes.TIME_UTC,
            SqlTypes.TIME_WITH_TIMEZONE,
            SqlTypes.TIMESTAMP,
            SqlTypes.TIMESTAMP_UTC,
            SqlTypes.TIMESTAMP_WITH_TIMEZONE);
    /** Types that are points in time in Java, or depend on a zone: the column decides what is written. */
    private static final List<Class<?>> DECIDED_BY_COLUMN = List.of(
            Date.class,
            Calendar.class,
            Instant.class,
            LocalTime.class,
            LocalDateTime.class,
            OffsetDateTime.class,
            ZonedDateTime.class,
            OffsetTime.class);

    private final Aggregates aggregates;
    private final ChosenSerializers chosen;

    ValueForms(Aggregates aggregates, ChosenSerializers chosen) {
        this.aggregates = aggregates;
        this.chosen = chosen;
    }

    /**
     * Returns the form of a value: an attribute, an id, or an element of a collection.
     *
     * @param mapping how it is stored
     * @param property Jackson's view of the attribute that has the value or the collection; null for the id of a reference
     * @throws AggregateMappingException for values of a type that has no form; the message names the attribute
     */
    ValueForm of(ModelPart mapping, @Nullable BeanPropertyWriter property) {
        if (isChosen(mapping, property)) {
            return new JacksonForm(property, !(mapping instanceof CollectionPart));
        }
        if (mapping instanceof BasicValuedModelPart basic) {
            return basic(basic);
        }
        if (mapping instanceof EmbeddableValuedModelPart composite) {
            return composite(composite);
        }
        throw refusal(mapping);
    }

    /**
     * Returns the form of a map's key.
     *
     * @param mapping how it is stored
     * @param property Jackson's view of the attribute that is the map
     * @throws AggregateMappingException for keys of a type that has no text; the message names the attribute
     */
    KeyForm ofKey(ModelPart mapping, BeanPropertyWriter property) {
        if (isChosen(mapping, property)) {
            return new JacksonKeyForm(property);
        }
        if (of(mapping, property) instanceof KeyForm key) {
            return key;
        }
        throw refusal(mapping);
    }

    private boolean isChosen(ModelPart mapping, @Nullable BeanPropertyWriter property) {
        return (property != null && ChosenSerializers.at(property.getMember()))
                || chosen.forType(mapping.getJavaType().getJavaTypeClass());
    }

    private ValueForm composite(EmbeddableValuedModelPart part) {
        EmbeddableMappingType embeddable = part.getEmbeddableTypeDescriptor();
        if (embeddable.getMappedJavaType().getJavaTypeClass() == OffsetDateTime.class) {
            return ScalarForm.string(OffsetDateTime.class, TemporalText::withOffset);
        }
        if (embeddable.getMappedJavaType().getJavaTypeClass() == ZonedDateTime.class) {
            return ScalarForm.string(ZonedDateTime.class, moment -> TemporalText.withOffset(moment.toOffsetDateTime()));
        }
        if (embeddable.getMappedJavaType().getJavaTypeClass() == OffsetTime.class) {
            return ScalarForm.string(OffsetTime.class, TemporalText::of);
        }
        List<ValueForm> attributes = new ArrayList<>();
        for (int i = 0; i < embeddable.getNumberOfAttributeMappings(); i++) {
            attributes.add(of(embeddable.getAttributeMapping(i), null));
        }
        return new CompositeForm(embeddable, attributes);
    }

    private ValueForm basic(BasicValuedModelPart part) {
        WrapperOptions options = part.findContainingEntityMapping()
                .getEntityPersister()
                .getFactory()
                .getWrapperOptions();
        JdbcMapping mapping = part.getJdbcMapping();
        Class<?> type = mapping.getJavaTypeDescriptor().getJavaTypeClass();
        int column = mapping.getJdbcType().getDefaultSqlTypeCode();
        if (column == SqlTypes.JSON || column == SqlTypes.JSON_ARRAY) {
            return new DocumentForm(mapping, options);
        }
        if (TEMPORAL.contains(mapping.getJdbcType().getDdlTypeCode())
                && DECIDED_BY_COLUMN.stream().anyMatch(kind -> kind.isAssignableFrom(type))) {
            return new ColumnForm(mapping, isWithTimeZone(part), options);
        }
        ValueForm decided =
                mapping instanceof BasicPluralType<?, ?> plural ? plural(plural, type) : ofClass(declaredType(part));
        if (decided != null) {
            return decided;
        }
        if (hasColumnForm(mapping)) {
            return new ColumnForm(mapping, isWithTimeZone(part), options);
        }
        throw refusal(part);
    }

    /** Asks the database and not the mapping: a migration may have given the column another type. */
    private boolean isWithTimeZone(BasicValuedModelPart part) {
        return aggregates.columnType(part).contains("with time zone");
    }

    private @Nullable ValueForm plural(BasicPluralType<?, ?> plural, Class<?> type) {
        ValueForm element =
                ofClass(plural.getElementType().getJavaTypeDescriptor().getJavaType());
        if (element == null) {
            return null;
        }
        return type.isArray() ? ContainerForm.ofArray(element) : ContainerForm.ofCollection(element);
    }

    /** Returns the type as declared, with the type arguments of a collection, which Hibernate's own description may lack. */
    private static Type declaredType(BasicValuedModelPart part) {
        Type declared = part instanceof AttributeMapping attribute
                ? attribute.getPropertyAccess().getGetter().getReturnType()
                : null;
        return declared instanceof ParameterizedType
                ? declared
                : part.getJdbcMapping().getJavaTypeDescriptor().getJavaType();
    }

    private @Nullable ValueForm ofClass(Type type) {
        if (type instanceof WildcardType wildcard) {
            return ofClass(wildcard.getUpperBounds()[0]);
        }
        if (type instanceof ParameterizedType parameterized) {
            return container((Class<?>) parameterized.getRawType(), parameterized.getActualTypeArguments());
        }
        if (type instanceof GenericArrayType || !(type instanceof Class<?> javaClass)) {
            return null;
        }
        return chosen.forType(javaClass) ? new JacksonForm(null, true) : DecidedForms.of(javaClass);
    }

    private @Nullable ValueForm container(Class<?> type, Type[] arguments) {
        ValueForm last = ofClass(arguments[arguments.length - 1]);
        if (last == null) {
            return null;
        }
        if (Collection.class.isAssignableFrom(type) && arguments.length == 1) {
            return ContainerForm.ofCollection(last);
        }
        return Map.class.isAssignableFrom(type) && arguments.length == 2 && ofClass(arguments[0]) instanceof KeyForm key
                ? ContainerForm.ofMap(key, last)
                : null;
    }

    /**
     * Returns whether a type without a form of its own is of a kind in its column that JSON has. A value that is only serialized
     * is not.
     */
    private static boolean hasColumnForm(JdbcMapping mapping) {
        if (mapping.getValueConverter() != null) {
            Class<?> column =
                    mapping.getValueConverter().getRelationalJavaType().getJavaTypeClass();
            return DecidedForms.of(column) != null;
        }
        JdbcType type = mapping.getJdbcType();
        return !(mapping.getJavaTypeDescriptor() instanceof SerializableJavaType)
                && (type.isString()
                        || type.isNumber()
                        || type.isBoolean()
                        || type.isTemporal()
                        || type.isBinary()
                        || type.getDefaultSqlTypeCode() == SqlTypes.UUID);
    }

    private static AggregateMappingException refusal(ModelPart part) {
        String entity = part.findContainingEntityMapping().getEntityName();
        String path = part.getNavigableRole().getFullPath();
        String attribute = path.startsWith(entity + ".") ? path.substring(entity.length() + 1) : path;
        return new AggregateMappingException(
                "Attribute '" + attribute + "' of " + entity
                        + ", which belongs to an aggregate with @PublishFullState, is of type "
                        + part.getJavaType().getTypeName()
                        + ", for which no form in JSON is decided, and which no converter turns into one",
                "Give it an AttributeConverter to a basic type, say with @JsonSerialize (of tools.jackson) or @JsonFormat how"
                        + " it is written, register a serializer for its type with a FullStateJsonCustomizer, or leave"
                        + " it out with @JsonIgnore.");
    }
}
