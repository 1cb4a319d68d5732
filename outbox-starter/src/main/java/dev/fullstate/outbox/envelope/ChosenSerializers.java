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

/** Where the application itself says how a value is written: on the attribute, or for a class in its customizers. */
final class ChosenSerializers {

    private static final JsonMapper DEFAULTS = JsonMapper.shared();

    private final JsonMapper customized;

    ChosenSerializers(List<FullStateJsonCustomizer> customizers) {
        JsonMapper.Builder builder = JsonMapper.builder();
        customizers.forEach(customizer -> customizer.customize(builder));
        this.customized = builder.build();
    }

    /** Whether an attribute says it. What its class is annotated with is there for others, and says nothing here. */
    static boolean at(Annotated attribute) {
        return attribute.hasAnnotation(JsonSerialize.class)
                || attribute.hasAnnotation(JsonFormat.class)
                || attribute.hasAnnotation(JsonRawValue.class)
                || attribute.hasAnnotation(JsonTypeInfo.class);
    }

    /** Whether a customizer has brought a serializer, a mixin or a format for the class. */
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
