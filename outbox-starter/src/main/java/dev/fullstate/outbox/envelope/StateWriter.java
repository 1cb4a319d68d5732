package dev.fullstate.outbox.envelope;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

import dev.fullstate.outbox.FullStateJsonCustomizer;
import dev.fullstate.outbox.aggregate.Aggregate;
import dev.fullstate.outbox.aggregate.Aggregates;
import dev.fullstate.outbox.aggregate.Place;

/**
 * Writes a root entity as JSON: compact, with attributes in declared order, with nulls, and with exact numbers and instants
 * (docs/adr/0021).
 */
final class StateWriter {

    private static final Logger log = LoggerFactory.getLogger(StateWriter.class);

    private final JsonMapper mapper;
    private final Map<Aggregate, ValueForm> roots = new HashMap<>();
    private final Map<Class<?>, ValueForm> byClass;

    /** An object with its form, which Jackson hands to {@link Root}. */
    private record State(Object root, ValueForm form) {}

    StateWriter(Aggregates aggregates, List<FullStateJsonCustomizer> customizers) {
        JsonMapper.Builder builder = JsonMapper.builder()
                .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                .disable(MapperFeature.SORT_CREATOR_PROPERTIES_FIRST)
                .enable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
                .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN);
        customizers.forEach(customizer -> customizer.customize(builder));
        Set<Place> places = new LinkedHashSet<>();
        aggregates.all().forEach(aggregate -> places.addAll(aggregate.state().all()));
        this.mapper = builder.addModule(
                        new SimpleModule("fullstate-outbox-root").addSerializer(State.class, new Root()))
                .addModule(new StateModule(places, this::outsideOfItsPlaces))
                .build();
        Forms forms = new Forms(
                mapper._serializationContext(),
                (form, value) -> mapper.writeValueAsString(new State(value, form)),
                new ValueForms(aggregates, new ChosenSerializers(customizers)));
        for (Aggregate aggregate : aggregates.all()) {
            Map<String, String> leftOutBefore = new TreeMap<>(forms.leftOut());
            roots.put(aggregate, forms.of(aggregate.state()));
            report(
                    aggregate,
                    forms.leftOut().entrySet().stream()
                            .filter(entry -> !leftOutBefore.containsKey(entry.getKey()))
                            .map(entry -> entry.getKey() + " (" + entry.getValue() + ")")
                            .collect(Collectors.joining(", ")));
        }
        this.byClass = forms.byClass();
    }

    private static void report(Aggregate aggregate, String leftOut) {
        if (!leftOut.isEmpty()) {
            log.info("Left out of the state of {}: {}. @InState on an attribute publishes it", aggregate, leftOut);
        }
        log.debug("The state of {}:\n{}", aggregate, aggregate.state().describe());
    }

    private ValueForm outsideOfItsPlaces(Class<?> type) {
        ValueForm form = byClass.get(type);
        if (form == null) {
            throw new IllegalStateException(type.getName() + " is not part of a state");
        }
        return form;
    }

    String write(Aggregate aggregate, Object root) {
        ValueForm form = roots.get(aggregate);
        if (form == null) {
            throw new IllegalStateException(aggregate + " is not an aggregate of this persistence unit");
        }
        return mapper.writeValueAsString(new State(root, form));
    }

    private static final class Root extends ValueSerializer<State> {

        @Override
        public void serialize(State state, JsonGenerator generator, SerializationContext context) {
            state.form().write(state.root(), generator, context);
        }
    }
}
