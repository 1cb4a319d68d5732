package dev.fullstate.outbox.monitor;

import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;

import dev.fullstate.outbox.contract.OutboxTable;
import dev.fullstate.outbox.retention.OutboxState;
import dev.fullstate.outbox.retention.OutboxState.Leaf;
import dev.fullstate.outbox.retention.Outboxes;
import dev.fullstate.outbox.retention.Retention;

/**
 * Meters of the outbox as of the last check; reading them does not query a database. Before the first check and after one that
 * failed, gauges are NaN. All instances show the same outbox, so only the counter may be summed over them.
 */
public final class OutboxMeters implements MeterBinder {

    private static final String DAYS_AGO = "days.ago";
    private static final String DATABASE = "database";
    private static final double MILLIS_PER_SECOND = 1000;

    private final Outboxes outboxes;

    public OutboxMeters(Outboxes outboxes) {
        this.outboxes = outboxes;
    }

    /** Registers the meters, with a tag for the database if there are several. */
    @Override
    public void bindTo(MeterRegistry registry) {
        Map<String, Retention> retentions = outboxes.retentions();
        retentions.forEach((database, retention) ->
                bind(registry, retention, retentions.size() == 1 ? Tags.empty() : Tags.of(DATABASE, database)));
    }

    private static void bind(MeterRegistry registry, Retention retention, Tags tags) {
        for (int day = 0; day < OutboxTable.LEAF_COUNT; day++) {
            bindDay(registry, retention, tags, day);
        }
        Gauge.builder("outbox.unpublished.age", retention, last(OutboxMeters::unpublishedSeconds))
                .description("Age of the oldest row that may not be published yet")
                .baseUnit("seconds")
                .tags(tags)
                .register(registry);
        Gauge.builder("outbox.leaves.overdue", retention, last(OutboxMeters::overdueCount))
                .description("Leaves that are past the retention and not retired")
                .baseUnit("leaves")
                .tags(tags)
                .register(registry);
        FunctionCounter.builder("outbox.leaves.retired", retention, Retention::retiredCount)
                .description("Leaves that this instance has retired")
                .baseUnit("leaves")
                .tags(tags)
                .register(registry);
    }

    private static void bindDay(MeterRegistry registry, Retention retention, Tags tags, int day) {
        Predicate<Leaf> ofThatDay = leaf -> leaf.daysAgo() == day;
        Tags ofDay = tags.and(DAYS_AGO, Integer.toString(day));
        Gauge.builder(
                        "outbox.rows",
                        retention,
                        last(state -> state.leaves().stream()
                                .filter(ofThatDay)
                                .mapToLong(Leaf::rowCount)
                                .sum()))
                .description("Rows of a day, as PostgreSQL's statistics estimate them")
                .baseUnit("rows")
                .tags(ofDay)
                .register(registry);
        Gauge.builder(
                        "outbox.size",
                        retention,
                        last(state -> state.leaves().stream()
                                .filter(ofThatDay)
                                .mapToLong(Leaf::sizeBytes)
                                .sum()))
                .description("Size of a day's rows, with indexes")
                .baseUnit("bytes")
                .tags(ofDay)
                .register(registry);
    }

    private static ToDoubleFunction<Retention> last(ToDoubleFunction<OutboxState> value) {
        return retention -> retention.lastState().map(value::applyAsDouble).orElse(Double.NaN);
    }

    private static double unpublishedSeconds(OutboxState state) {
        return state.obstacle() == null ? state.oldestUnpublishedAge().toMillis() / MILLIS_PER_SECOND : Double.NaN;
    }

    private static double overdueCount(OutboxState state) {
        return state.leaves().stream().filter(Leaf::overdue).count();
    }
}
