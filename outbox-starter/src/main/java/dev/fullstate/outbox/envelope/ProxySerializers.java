package dev.fullstate.outbox.envelope;

import com.fasterxml.jackson.annotation.JsonFormat;
import org.hibernate.Hibernate;
import org.hibernate.proxy.HibernateProxy;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.SerializationConfig;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.ser.Serializers;

/** Writes the entity behind a lazy proxy. */
final class ProxySerializers extends Serializers.Base {

    @Override
    @SuppressWarnings("NullAway") // the contract of the interface: null where another serializer has to be found
    public @Nullable ValueSerializer<?> findSerializer(
            SerializationConfig config,
            JavaType type,
            BeanDescription.Supplier bean,
            JsonFormat.@Nullable Value formatOverrides) {
        return type.isTypeOrSubTypeOf(HibernateProxy.class) ? new Unproxying() : null;
    }

    private static final class Unproxying extends ValueSerializer<Object> {

        @Override
        public void serialize(Object proxy, JsonGenerator generator, SerializationContext context) {
            context.writeValue(generator, Hibernate.unproxy(proxy));
        }
    }
}
