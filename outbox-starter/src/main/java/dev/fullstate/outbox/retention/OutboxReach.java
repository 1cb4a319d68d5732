package dev.fullstate.outbox.retention;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.contract.OutboxTable;
import dev.fullstate.outbox.store.Outbox;

/** The time since which the outbox has every row that was written to it. */
public final class OutboxReach {

    private OutboxReach() {}

    /**
     * The reach of the outbox's rows.
     *
     * @param now the time of the database's clock
     * @param oldest the time since which the outbox has all rows; null if it has none
     */
    public record Reach(Instant now, @Nullable Instant oldest) {}

    /**
     * Returns how far back the rows reach now.
     *
     * @param retention for which every row is kept; null if none is removed. Older rows do not count: while something keeps one
     *     day's rows, those of a later day may already be removed
     * @throws org.springframework.dao.DataAccessException if the database does not answer
     */
    public static Reach now(Outbox outbox, @Nullable Duration retention) {
        return outbox.sql("""
                        select clock_timestamp() as now,
                               (select greatest(created_at, clock_timestamp() - make_interval(secs => :seconds))
                                  from {outbox} as r where %s is not null order by seq limit 1) as oldest
                        """.formatted(OutboxTable.writtenAt("r")))
                .param("seconds", retention == null ? null : (double) retention.toSeconds())
                .query((row, number) -> {
                    OffsetDateTime oldest = row.getObject("oldest", OffsetDateTime.class);
                    return new Reach(
                            row.getObject("now", OffsetDateTime.class).toInstant(),
                            oldest == null ? null : oldest.toInstant());
                })
                .single();
    }
}
