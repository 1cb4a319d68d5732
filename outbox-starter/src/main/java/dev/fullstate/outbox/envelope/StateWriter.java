package dev.fullstate.outbox.envelope;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.property.access.spi.GetterMethodImpl;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

import dev.fullstate.outbox.FullStateJsonCustomizer;
import dev.fullstate.outbox.aggregate.Aggregates;
import dev.fullstate.outbox.aggregate.ManagedType;

/** Root entity to JSON: compact, attributes in declared order, nulls written, numbers and instants exact. */
final class StateWriter {

    private final JsonMapper mapper;

    StateWriter(Aggregates aggregates, List<FullStateJsonCustomizer> customizers) {
        JsonMapper.Builder builder = JsonMapper.builder()
                .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                .disable(MapperFeature.SORT_CREATOR_PROPERTIES_FIRST)
                .enable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
                .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
                .addModule(new StateModule(aggregates));
        customizers.forEach(customizer -> customizer.customize(builder));
        this.mapper = builder.build();
    }

    String write(Object root) {
        return mapper.writeValueAsString(root);
    }

    /** Teaches Jackson what belongs to an aggregate; what else an attribute may hold is written as Jackson always does. */
    private static final class StateModule extends SimpleModule {

        private static final long serialVersionUID = 1L;

        private final transient Aggregates aggregates;

        StateModule(Aggregates aggregates) {
            super("fullstate-outbox");
            this.aggregates = aggregates;
        }

        @Override
        public void setupModule(SetupContext context) {
            for (ManagedType type : aggregates.managedTypes()) {
                context.configOverride(type.javaType()).setVisibility(visibility(type));
            }
            context.addSerializerModifier(new AttributeSelection(aggregates));
            context.addSerializers(new ProxySerializers());
            context.addKeySerializers(new MapKeySerializers(aggregates));
        }

        /** State is what is persistent, read where Hibernate reads it; anything else only where Jackson is told so. */
        private static JsonAutoDetect.Value visibility(ManagedType type) {
            boolean methods = type.attributes().values().stream()
                    .anyMatch(attribute -> attribute.mapping() != null && isReadByMethod(attribute.mapping()));
            Visibility getters = methods ? Visibility.ANY : Visibility.NONE;
            return JsonAutoDetect.Value.construct(
                    Visibility.ANY, getters, getters, Visibility.NONE, Visibility.NONE, Visibility.NONE);
        }

        private static boolean isReadByMethod(AttributeMapping mapping) {
            return mapping.getPropertyAccess().getGetter() instanceof GetterMethodImpl;
        }
    }
}
