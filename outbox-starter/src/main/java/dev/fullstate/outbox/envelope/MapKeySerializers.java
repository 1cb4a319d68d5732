package dev.fullstate.outbox.envelope;

import com.fasterxml.jackson.annotation.JsonFormat;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.SerializationConfig;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.ser.Serializers;

import dev.fullstate.outbox.aggregate.Aggregates;
import dev.fullstate.outbox.aggregate.MapKey;

/** Writes keys of maps that are entities or embeddables. */
final class MapKeySerializers extends Serializers.Base {

    private final Aggregates aggregates;

    MapKeySerializers(Aggregates aggregates) {
        this.aggregates = aggregates;
    }

    @Override
    @SuppressWarnings("NullAway") // the contract of the interface: null where another serializer has to be found
    public @Nullable ValueSerializer<?> findSerializer(
            SerializationConfig config,
            JavaType type,
            BeanDescription.Supplier bean,
            JsonFormat.@Nullable Value formatOverrides) {
        MapKey key = aggregates.mapKey(type.getRawClass());
        return key == null ? null : new KeySerializer(key);
    }

    private static final class KeySerializer extends ValueSerializer<Object> {

        private final MapKey key;

        KeySerializer(MapKey key) {
            this.key = key;
        }

        @Override
        public void serialize(Object value, JsonGenerator generator, SerializationContext context) {
            generator.writeName(key.text(value));
        }
    }
}
