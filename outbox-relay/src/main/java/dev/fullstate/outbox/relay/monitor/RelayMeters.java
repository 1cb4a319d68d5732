package dev.fullstate.outbox.relay.monitor;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.Relay;
import dev.fullstate.outbox.relay.RelayState;
import dev.fullstate.outbox.relay.RelayStatistics;
import dev.fullstate.outbox.relay.RelayStatus;
import dev.fullstate.outbox.relay.failure.FailureKind;
import dev.fullstate.outbox.relay.position.Progress;
import dev.fullstate.outbox.relay.wal.SlotStatus;

/**
 * Meters of a relay, with the name of its slot as the tag {@code pipeline}. Reading them asks neither the database nor Kafka. An
 * unknown value is not a number.
 */
public final class RelayMeters implements MeterBinder {

    private static final String BYTES = "bytes";
    private static final String EVENTS = "events";
    private static final List<String> WAL_STATUSES = List.of("reserved", "extended", "unreserved", "lost");
    private static final Duration LONGEST_LATENCY = Duration.ofMinutes(5);

    private final Relay relay;

    public RelayMeters(Relay relay) {
        this.relay = relay;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Binding binding = new Binding(registry, relay, relay.status().slotName());
        bindEvents(binding);
        bindPositions(binding);
        bindSlot(binding);
        bindState(binding);
        Timer latency = Timer.builder("outbox.relay.latency")
                .description("Time from the commit of a transaction until consumers can read all of its events")
                .tag(Binding.PIPELINE, binding.pipeline())
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(1))
                .maximumExpectedValue(LONGEST_LATENCY)
                .register(registry);
        relay.statistics().latenciesTo(latency::record);
    }

    private static void bindEvents(Binding binding) {
        binding.counter(
                "outbox.relay.events.received",
                RelayStatistics::receivedCount,
                "Events that have come from PostgreSQL, also those that have come again");
        binding.counter(
                "outbox.relay.events.published", RelayStatistics::publishedCount, "Events that consumers can read");
        binding.counter(
                "outbox.relay.events.confirmed",
                RelayStatistics::confirmedCount,
                "Events that PostgreSQL need not keep any more");
        binding.counter(
                "outbox.relay.events.dead",
                RelayStatistics::deadLetterCount,
                "Events that cannot be published and went to the topic of dead letters, also those that went there again");
        binding.gauge(
                "outbox.relay.parked.aggregates",
                "aggregates",
                relay -> relay.statistics().parked().aggregates().size(),
                "Aggregates whose events wait for an operator");
        binding.gauge(
                "outbox.relay.parked.events",
                EVENTS,
                relay -> relay.statistics().parked().eventCount(),
                "Events that wait for an operator");
        binding.gauge(
                "outbox.relay.in.flight.events",
                EVENTS,
                relay -> relay.statistics().inFlightCount(),
                "Events that have come from PostgreSQL and that consumers cannot read yet");
        binding.gauge(
                "outbox.relay.in.flight.size",
                BYTES,
                relay -> relay.statistics().inFlightBytes(),
                "Size of the records that consumers cannot read yet");
    }

    private static void bindPositions(Binding binding) {
        binding.gauge(
                "outbox.relay.unpublished.size",
                BYTES,
                progress(progress -> progress.received().bytesSince(progress.published())),
                "WAL between what is received and what is published");
        binding.gauge(
                "outbox.relay.unconfirmed.size",
                BYTES,
                progress(progress -> progress.published().bytesSince(progress.confirmed())),
                "WAL between what is published and what is confirmed");
    }

    private static void bindSlot(Binding binding) {
        binding.gauge(
                "outbox.relay.slot.unconfirmed.size",
                BYTES,
                slot(SlotStatus::unconfirmedBytes),
                "WAL between what the server has written and what is confirmed");
        binding.gauge(
                "outbox.relay.slot.retained.size",
                BYTES,
                slot(SlotStatus::retainedBytes),
                "WAL that the server keeps because of the slot");
        binding.gauge(
                "outbox.relay.slot.safe.size",
                BYTES,
                slot(SlotStatus::safeBytes),
                "WAL that can be written before the slot is in danger of being lost");
        for (String status : WAL_STATUSES) {
            binding.flag(
                    "outbox.relay.slot.wal.status",
                    "status",
                    status,
                    relay -> {
                        SlotStatus slot = relay.statistics().slot();
                        return slot != null && slot.walStatus().equals(status);
                    },
                    "Whether this is PostgreSQL's wal_status of the slot");
        }
    }

    private static void bindState(Binding binding) {
        for (RelayState state : RelayState.values()) {
            binding.flag(
                    "outbox.relay.state",
                    "state",
                    state.name().toLowerCase(Locale.ROOT),
                    relay -> relay.status().state() == state,
                    "Whether the relay is in this state");
        }
        binding.gauge(
                "outbox.relay.problems",
                "problems",
                relay -> {
                    RelayStatus status = relay.status();
                    return status.problem() == null || status.state() == RelayState.STANDBY ? 0 : 1;
                },
                "Whether something keeps the relay from publishing, other than another relay");
        for (FailureKind kind : FailureKind.values()) {
            FunctionCounter.builder(
                            "outbox.relay.failures",
                            binding.relay().statistics(),
                            statistics -> statistics.failureCount(kind))
                    .description("Failures after which the relay began again")
                    .baseUnit("failures")
                    .tag(Binding.PIPELINE, binding.pipeline())
                    .tag("kind", kind.toString())
                    .register(binding.registry());
        }
    }

    private static ToDoubleFunction<Relay> progress(ToLongFunction<Progress> bytes) {
        return relay -> {
            Progress progress = relay.status().progress();
            return progress == null ? Double.NaN : bytes.applyAsLong(progress);
        };
    }

    private static ToDoubleFunction<Relay> slot(SlotFigure figure) {
        return relay -> {
            SlotStatus slot = relay.statistics().slot();
            Long value = slot == null ? null : figure.of(slot);
            return value == null ? Double.NaN : value;
        };
    }

    private interface SlotFigure {

        @Nullable
        Long of(SlotStatus slot);
    }
}
