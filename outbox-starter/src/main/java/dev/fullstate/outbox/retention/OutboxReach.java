package dev.fullstate.outbox.retention;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.store.Outbox;

/** Since when the outbox has every row that was written to it. */
public final class OutboxReach {

    private OutboxReach() {}

    /**
     * How far back the rows reach.
     *
     * @param now by the database's clock
     * @param oldest since when all are there; null if there are none
     */
    public record Reach(Instant now, @Nullable Instant oldest) {}

    /**
     * How far back the rows reach now.
     *
     * @param retention for which every row is kept; older ones may be there while those of a day between are gone, because a day's
     *     rows may be kept from removal. Null where nothing is removed
     * @throws org.springframework.dao.DataAccessException where the database cannot be asked
     */
    public static Reach now(Outbox outbox, @Nullable Duration retention) {
        return outbox.sql("""
                        select clock_timestamp() as now,
                               (select greatest(created_at, clock_timestamp() - make_interval(secs => :seconds))
                                  from {outbox} order by seq limit 1) as oldest
                        """)
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
