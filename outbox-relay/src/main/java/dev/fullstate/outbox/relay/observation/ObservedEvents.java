package dev.fullstate.outbox.relay.observation;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

import io.micrometer.observation.Observation;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.fullstate.outbox.relay.failure.Repeats;
import dev.fullstate.outbox.relay.failure.Repeats.Kind;
import dev.fullstate.outbox.relay.route.RoutedEvent;

/**
 * The observations of one pipeline's events, from their start until they end. A pipeline has one publisher at a time. Only events whose trace is
 * sampled are observed, and {@value #MAX_COUNT} at a time. Neither a handler nor a convention that fails keeps an event from being published.
 *
 * <p>Observations start on the relay's thread, and end there or on a thread of Kafka's producer. They are never the current one of a thread.
 */
public final class ObservedEvents {

    /** Bounds the memory; OpenTelemetry's batch processor queues as many spans by default, and drops those that end beyond that at one time. */
    private static final int MAX_COUNT = 2_048;

    /** W3C Trace Context, version 00, with ids that are valid. */
    private static final Pattern TRACE_PARENT =
            Pattern.compile("00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

    private static final int TRACE_PARENT_LENGTH = 55;
    private static final Logger log = LoggerFactory.getLogger(ObservedEvents.class);

    private final PublishObservations observations;
    private final String pipeline;
    /** Those that have started; the thread that removes one ends it. */
    private final Set<Observation> underWay = ConcurrentHashMap.newKeySet();

    private final Repeats failures = new Repeats(Duration.ofMinutes(1), Duration.ofHours(1), System::nanoTime);

    ObservedEvents(PublishObservations observations, String pipeline) {
        this.observations = observations;
        this.pipeline = pipeline;
    }

    /** {@return the observations of a pipeline of which nothing is observed} */
    public static ObservedEvents none() {
        return PublishObservations.none().ofPipeline("none");
    }

    /**
     * Starts the observation of an event that is about to be sent.
     *
     * @param published the call that is due once consumers can read the event
     * @return the call in its place, which also ends the observation; the same one if the event is not observed
     */
    public Runnable observe(RoutedEvent event, int partition, Runnable published) {
        if (observations.areNone() || !isSampled(event.event().traceParent()) || underWay.size() >= MAX_COUNT) {
            return published;
        }
        Observation started = start(event, partition);
        if (started == null || started.isNoop()) {
            return published;
        }
        underWay.add(started);
        return () -> {
            published.run();
            end(started, null);
        };
    }

    private static boolean isSampled(byte @Nullable [] traceParent) {
        return traceParent != null
                && traceParent.length == TRACE_PARENT_LENGTH
                // The flag first: most traces of a busy service are not sampled.
                && Character.digit(traceParent[TRACE_PARENT_LENGTH - 1], 16) % 2 == 1
                && TRACE_PARENT
                        .matcher(new String(traceParent, StandardCharsets.ISO_8859_1))
                        .matches();
    }

    /** Ends all observations that have not ended, with an error: the relay does not know that consumers can read their events. */
    public void giveUp(Throwable cause) {
        underWay.forEach(observation -> end(observation, cause));
    }

    // A tracer whose classes do not fit together fails with a LinkageError, which is no reason to publish nothing.
    private @Nullable Observation start(RoutedEvent event, int partition) {
        try {
            return observations.start(pipeline, event, partition);
        } catch (RuntimeException | LinkageError e) {
            warn(e);
            return null;
        }
    }

    private void end(Observation observation, @Nullable Throwable error) {
        if (!underWay.remove(observation)) {
            return;
        }
        if (error != null) {
            orWarn(() -> observation.error(error));
        }
        orWarn(observation::stop);
    }

    private void orWarn(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException | LinkageError e) {
            warn(e);
        }
    }

    private void warn(Throwable failure) {
        if (failures.note(failure.getClass().getName()) != Kind.REPEATED) {
            log.warn(
                    "A handler or a convention of observations has failed. Events of pipeline '{}' are published all the same, but"
                            + " their spans may be missing. To do without them, set management.observations.enable.{}=false",
                    pipeline,
                    DefaultPublishObservationConvention.NAME,
                    failure);
        }
    }
}
