package dev.fullstate.outbox.envelope;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.annotation.JsonSerialize;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.json.JsonMapper;

import dev.fullstate.outbox.FullStateJsonCustomizer;

/** Finds the values that the application itself gives a form: on the attribute, or for a class in its customizers. */
final class ChosenSerializers {

    private static final JsonMapper DEFAULTS = JsonMapper.shared();

    private final JsonMapper customized;

    ChosenSerializers(List<FullStateJsonCustomizer> customizers) {
        JsonMapper.Builder builder = JsonMapper.builder();
        customizers.forEach(customizer -> customizer.customize(builder));
        this.customized = builder.build();
    }

    /**
     * Returns whether an attribute is annotated with a form. The annotations of its class do not count: they are made for other
     * JSON.
     */
    static boolean at(Annotated attribute) {
        return attribute.hasAnnotation(JsonSerialize.class)
                || attribute.hasAnnotation(JsonFormat.class)
                || attribute.hasAnnotation(JsonRawValue.class)
                || attribute.hasAnnotation(JsonTypeInfo.class);
    }

    /** Returns whether a customizer has registered a serializer, a mixin or a format for the class. */
    boolean forType(Class<?> type) {
        return customized.serializationConfig().findMixInClassFor(type) != null
                || !customized
                        .serializationConfig()
                        .getDefaultPropertyFormat(type)
                        .equals(JsonFormat.Value.empty())
                || serializer(customized, type) != serializer(DEFAULTS, type);
    }

    private static @Nullable Class<?> serializer(JsonMapper mapper, Class<?> type) {
        try {
            return mapper._serializationContext().findValueSerializer(type).getClass();
        } catch (DatabindException e) {
            return null; // Jackson cannot write it either way.
        }
    }
}
