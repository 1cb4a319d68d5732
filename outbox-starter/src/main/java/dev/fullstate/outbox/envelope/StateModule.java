package dev.fullstate.outbox.envelope;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonInclude;
import org.hibernate.Hibernate;
import org.hibernate.property.access.spi.GetterMethodImpl;
import org.hibernate.proxy.HibernateProxy;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.SerializationConfig;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.cfg.MapperBuilder;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.Serializers;
import tools.jackson.databind.ser.ValueSerializerModifier;
import tools.jackson.databind.ser.bean.BeanSerializerBase;

import dev.fullstate.outbox.aggregate.Place;

/** Teaches Jackson which classes belong to states, and lets it see their persistent attributes. */
final class StateModule extends SimpleModule {

    private static final long serialVersionUID = 1L;

    private final transient Set<Place> places;
    private final transient Function<Class<?>, ValueForm> forms;

    /**
     * Creates the module.
     *
     * @param places of all states
     * @param forms of a class of a state, for use outside of its places
     */
    StateModule(Set<Place> places, Function<Class<?>, ValueForm> forms) {
        super("fullstate-outbox");
        this.places = places;
        this.forms = forms;
    }

    @Override
    public void setupModule(SetupContext context) {
        MapperBuilder<?, ?> builder = (MapperBuilder<?, ?>) context.getOwner();
        builder.annotationIntrospector(new StateAnnotations(builder.annotationIntrospector(), places));
        Set<Class<?>> classes = new HashSet<>();
        for (Place place : places) {
            for (Place.Kind kind : place.kinds()) {
                if (classes.add(kind.javaType())) {
                    context.configOverride(kind.javaType())
                            .setVisibility(visibility(kind))
                            .setInclude(JsonInclude.Value.ALL_ALWAYS);
                }
            }
        }
        context.addSerializerModifier(new Beans(classes, forms));
        context.addSerializers(new Proxies());
    }

    /**
     * Shows Jackson the fields, or the getters, that Hibernate reads. Other methods are properties only if an annotation asks for
     * them.
     */
    private static JsonAutoDetect.Value visibility(Place.Kind kind) {
        boolean methods =
                kind.attributes().stream().anyMatch(attribute -> attribute.getter() instanceof GetterMethodImpl);
        Visibility getters = methods ? Visibility.ANY : Visibility.NONE;
        return JsonAutoDetect.Value.construct(
                Visibility.ANY, getters, getters, Visibility.NONE, Visibility.NONE, Visibility.NONE);
    }

    private static final class Beans extends ValueSerializerModifier {

        private static final long serialVersionUID = 1L;

        private final transient Set<Class<?>> classes;
        private final transient Function<Class<?>, ValueForm> forms;

        Beans(Set<Class<?>> classes, Function<Class<?>, ValueForm> forms) {
            this.classes = classes;
            this.forms = forms;
        }

        @Override
        public ValueSerializer<?> modifySerializer(
                SerializationConfig config, BeanDescription.Supplier bean, ValueSerializer<?> serializer) {
            return serializer instanceof BeanSerializerBase properties && classes.contains(bean.getBeanClass())
                    ? new StateSerializer(properties, forms)
                    : serializer;
        }
    }

    /** Writes the entity behind a lazy proxy. */
    private static final class Proxies extends Serializers.Base {

        @Override
        @SuppressWarnings("NullAway") // the contract of the interface: null where another serializer has to be found
        public @Nullable ValueSerializer<?> findSerializer(
                SerializationConfig config,
                JavaType type,
                BeanDescription.Supplier bean,
                com.fasterxml.jackson.annotation.JsonFormat.@Nullable Value formatOverrides) {
            return type.isTypeOrSubTypeOf(HibernateProxy.class) ? new Unproxying() : null;
        }
    }

    private static final class Unproxying extends ValueSerializer<Object> {

        @Override
        public void serialize(Object proxy, JsonGenerator generator, SerializationContext context) {
            context.writeValue(generator, Hibernate.unproxy(proxy));
        }
    }
}
