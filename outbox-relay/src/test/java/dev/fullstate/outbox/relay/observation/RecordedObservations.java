package dev.fullstate.outbox.relay.observation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation.Context;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;

import dev.fullstate.outbox.contract.OutboxTable;
import dev.fullstate.outbox.relay.Events;
import dev.fullstate.outbox.relay.route.RoutedEvent;
import dev.fullstate.outbox.relay.route.Router;

/** Remembers which observations of publishing have started and ended, in place of a tracer. */
public class RecordedObservations implements ObservationHandler<PublishObservationContext> {

    private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-";
    public static final String SAMPLED = TRACE + "01";
    public static final String UNSAMPLED = TRACE + "00";

    public final List<PublishObservationContext> started = new ArrayList<>();
    public final List<PublishObservationContext> ended = new ArrayList<>();

    /** Returns what has it record the events of a pipeline. */
    public final ObservedEvents ofPipeline(String pipeline) {
        return new PublishObservations(registry(), null).ofPipeline(pipeline);
    }

    final ObservationRegistry registry() {
        ObservationRegistry registry = ObservationRegistry.create();
        registry.observationConfig().observationHandler(this);
        return registry;
    }

    /** Returns an event for the topic {@code events} that was written in a trace. */
    public static RoutedEvent event(String traceParent) {
        return new Router("events", Map.of()).route(Events.with(Map.of(OutboxTable.TRACE_PARENT, traceParent)));
    }

    static Map<String, String> keys(Context context) {
        Map<String, String> keys = new TreeMap<>();
        for (KeyValue key : context.getAllKeyValues()) {
            keys.put(key.getKey(), key.getValue());
        }
        return keys;
    }

    @Override
    public boolean supportsContext(Context context) {
        return context instanceof PublishObservationContext;
    }

    @Override
    public void onStart(PublishObservationContext context) {
        started.add(context);
    }

    @Override
    public void onStop(PublishObservationContext context) {
        ended.add(context);
    }
}
