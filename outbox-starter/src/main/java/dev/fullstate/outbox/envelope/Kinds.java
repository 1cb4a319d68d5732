package dev.fullstate.outbox.envelope;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.jsontype.TypeIdResolver;
import tools.jackson.databind.jsontype.TypeSerializer;
import tools.jackson.databind.ser.BeanPropertyWriter;

import dev.fullstate.outbox.aggregate.Attribute.Column;
import dev.fullstate.outbox.aggregate.Place;
import dev.fullstate.outbox.aggregate.Place.Discriminator;

/** Tells the classes apart that an entity or embeddable may have at a place. */
final class Kinds {

    private static final String DEFAULT_NAME = "dtype";

    private final SerializationContext context;
    private final String name;
    private final @Nullable TypeIdResolver ids;
    private final boolean existing;
    private final List<Column> columns;

    private Kinds(
            SerializationContext context,
            String name,
            @Nullable TypeIdResolver ids,
            boolean existing,
            @Nullable Discriminator mapped) {
        this.context = context;
        this.name = name;
        this.ids = ids;
        this.existing = existing;
        this.columns =
                mapped == null || mapped.column() == null ? List.of() : List.of(new Column(mapped.column(), true));
    }

    /**
     * Returns the kinds at a place: those of {@code @JsonTypeInfo}, on the class or on the attribute that leads there, else those
     * of the mapping; null if there is only one class.
     */
    static @Nullable Kinds of(Place place, @Nullable BeanPropertyWriter holder, SerializationContext context) {
        Discriminator mapped = place.discriminator();
        TypeSerializer types = types(place, holder, context);
        TypeIdResolver ids = types == null ? null : types.getTypeIdResolver();
        if (types != null && ids != null) {
            String property = types.getPropertyName();
            return new Kinds(
                    context,
                    property == null ? defaultName(ids.getMechanism()) : property,
                    ids,
                    types.getTypeInclusion() == JsonTypeInfo.As.EXISTING_PROPERTY,
                    mapped);
        }
        return mapped == null ? null : new Kinds(context, mapped.name(), null, false, mapped);
    }

    private static @Nullable TypeSerializer types(
            Place place, @Nullable BeanPropertyWriter holder, SerializationContext context) {
        TypeSerializer types = null;
        if (holder != null) {
            JavaType type = holder.getSerializationType();
            types = holder.getType().isContainerType()
                    ? (type == null
                            ? null
                            : (TypeSerializer) type.getContentType().getTypeHandler())
                    : holder.getTypeSerializer();
        }
        return types == null ? context.findTypeSerializer(context.constructType(place.javaType())) : types;
    }

    private static String defaultName(JsonTypeInfo.Id mechanism) {
        String property = mechanism.getDefaultPropertyName();
        return property == null ? DEFAULT_NAME : property;
    }

    /** Returns the member that names the kind of this class's objects. */
    Member.OfKind member(Place.Kind kind, Properties properties) {
        if (ids == null) {
            return new Member.OfKind(properties.nameOfKind(name), kind.name(), columns);
        }
        String id = ids.idFromValueAndType(context, null, kind.javaType());
        return new Member.OfKind(name, id == null ? kind.name() : id, columns);
    }

    /** Returns whether an annotation asks for the member, and not only the mapping. */
    boolean isAnnotated() {
        return ids != null;
    }

    /** Returns whether the annotation has a property of the class as the kind. */
    boolean isExisting() {
        return existing;
    }
}
