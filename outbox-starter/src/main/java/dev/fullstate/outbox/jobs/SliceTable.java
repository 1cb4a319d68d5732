package dev.fullstate.outbox.jobs;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.jdbc.support.SqlArrayValue;

import dev.fullstate.outbox.store.Outbox;

/**
 * The slices of running jobs. The transaction that has locked one works on it, and no other does. Used within a transaction. The
 * slices of a job that waits for its rate are not taken, so it holds no lock and no connection (ADR 7).
 */
final class SliceTable {

    /** The time at which the rate of a slice's job allows the next chunk. */
    static final String RATE_ALLOWS_AT = """
            j.rate_since + make_interval(secs => (
                (select sum(done_count + skipped_count + failed_count) from {outbox_job_slice} where job_id = j.id) - j.rate_from)
                / cast(j.rate_per_second as double precision))
            """;

    /** The condition for the rows that belong to a slice; see {@link #sql(Outbox, Slice, String)}. */
    static final String OF_SLICE = " job_id = :job and aggregate_type = :type and slice_number = :number ";

    private final Outbox outbox;

    SliceTable(Outbox outbox) {
        this.outbox = outbox;
    }

    /** Makes a statement about what belongs to a slice, by {@link #OF_SLICE} or the three parameters that it has. */
    static StatementSpec sql(Outbox outbox, Slice slice, String sql) {
        return outbox.sql(sql)
                .param("job", slice.job())
                .param("type", slice.aggregateType())
                .param("number", slice.number());
    }

    static @Nullable SqlArrayValue array(@Nullable Collection<String> values) {
        return values == null ? null : new SqlArrayValue("text", values.toArray());
    }

    private StatementSpec sql(Slice slice, String sql) {
        return sql(outbox, slice, sql);
    }

    /**
     * Takes a slice for this transaction: of those that no transaction has locked and whose time has come, the one that has waited longest. A
     * slice that was changed in the future waits for nothing: the clock was set back.
     */
    Optional<Slice> take(String kind, Set<String> types, int chunkSize) {
        return outbox.sql("""
                        select s.job_id, s.aggregate_type, s.slice_number, s.pass, s.last_id, s.end_id, j.ids is not null as named, j.dry_run,
                               cast(j.parameters as text) as parameters, least(:chunkSize, j.rate_per_second) as chunk_limit
                          from {outbox_job_slice} as s
                          join {outbox_job} as j on j.id = s.job_id
                         where j.kind = :kind and j.state = 'RUNNING' and s.pass <> 'DONE' and s.aggregate_type = any (:types)
                           and (coalesce(s.due_at <= clock_timestamp(), true) or s.updated_at > clock_timestamp())
                           and (s.pass = 'COUNT' or coalesce(%s <= clock_timestamp(), true))
                         order by s.updated_at limit 1
                           for update of s skip locked
                        """.formatted(RATE_ALLOWS_AT))
                .param("kind", kind)
                .param("types", array(types))
                .param("chunkSize", chunkSize)
                .query(SliceTable::slice)
                .optional();
    }

    /**
     * {@return whether the job of a slice is running} To be asked once the slice is locked: a pause changes the job's state first, and
     * then waits for all locks of its slices.
     */
    boolean isRunning(UUID job) {
        return outbox.sql("select state = 'RUNNING' from {outbox_job} where id = :id")
                .param("id", job)
                .query(Boolean.class)
                .single();
    }

    /** Locks a slice, if it is still where it was. */
    boolean takeAgain(Slice slice) {
        return sql(slice, """
                        select true from {outbox_job_slice}
                         where""" + OF_SLICE + "and pass = :pass and last_id is not distinct from :lastId for update")
                .param("pass", slice.pass())
                .param("lastId", slice.lastId())
                .query(Boolean.class)
                .optional()
                .isPresent();
    }

    /** Returns the time until the next slice is due; empty if none waits for its time. */
    Optional<Duration> untilNext(String kind, Set<String> types) {
        return outbox.sql("""
                        select extract(epoch from min(greatest(s.due_at, %s)) - clock_timestamp()) * 1000
                          from {outbox_job_slice} as s
                          join {outbox_job} as j on j.id = s.job_id
                         where j.kind = :kind and j.state = 'RUNNING' and s.pass <> 'DONE' and s.aggregate_type = any (:types)
                           and greatest(s.due_at, %s) > clock_timestamp()
                        """.formatted(RATE_ALLOWS_AT, RATE_ALLOWS_AT))
                .param("kind", kind)
                .param("types", array(types))
                .query(Double.class)
                .optional()
                .map(millis -> Duration.ofMillis(Math.max(1, Math.round(millis))));
    }

    /** Lets no statement wait longer for a lock, until the end of the transaction. */
    void setLockTimeout(Duration timeout) {
        outbox.sql("select set_config('lock_timeout', :timeout, true)")
                .param("timeout", timeout.toMillis() + "ms")
                .query(String.class)
                .single();
    }

    void counted(Slice slice, long total) {
        sql(slice, """
                        update {outbox_job_slice} set total_count = :total
                         where""" + OF_SLICE).param("total", total).update();
    }

    /** Divides a slice at these ids; the aggregates after the first of these ids go to new slices. */
    void divide(Slice slice, List<String> ends, String pass) {
        sql(slice, """
                        update {outbox_job_slice} set end_id = :end
                         where""" + OF_SLICE).param("end", ends.get(0)).update();
        outbox.sql("""
                        insert into {outbox_job_slice}
                               (job_id, aggregate_type, slice_number, pass, last_id, end_id, total_count)
                        select cast(:job as uuid), cast(:type as text), number, :pass, id, lead(id) over (order by number), 0
                          from unnest(cast(:ends as text[])) with ordinality as range (id, number)
                        """)
                .param("job", slice.job())
                .param("type", slice.aggregateType())
                .param("pass", pass)
                .param("ends", array(ends))
                .update();
    }

    void advance(Slice slice, Step step) {
        sql(slice, """
                        update {outbox_job_slice}
                           set pass = :pass, last_id = :lastId, due_at = null, waiting_for = null, done_count = done_count + :done,
                               pending_count = pending_count + :pending, skipped_count = skipped_count + :skipped,
                               failed_count = failed_count + :failed, updated_at = clock_timestamp()
                         where""" + OF_SLICE)
                .param("pass", step.pass())
                .param("lastId", step.lastId())
                .param("done", step.done())
                .param("pending", step.pending())
                .param("skipped", step.skipped())
                .param("failed", step.failed())
                .update();
    }

    void postpone(Slice slice, Duration delay, String reason) {
        sql(slice, """
                        update {outbox_job_slice}
                           set due_at = clock_timestamp() + make_interval(secs => :seconds), waiting_for = :reason,
                               updated_at = clock_timestamp()
                         where""" + OF_SLICE)
                .param("seconds", delay.toMillis() / 1000.0)
                .param("reason", reason)
                .update();
    }

    /** Notes why a slice does not go on, until it does. */
    int waiting(Slice slice, String reason) {
        return sql(slice, """
                        update {outbox_job_slice} set waiting_for = :reason
                         where""" + OF_SLICE + "and pass <> 'DONE'")
                .param("reason", reason)
                .update();
    }

    /** Keeps the first message. */
    void failed(Slice slice, String error) {
        sql(slice, """
                        update {outbox_job_slice} set error = coalesce(error, :error)
                         where""" + OF_SLICE).param("error", error).update();
    }

    private static Slice slice(ResultSet row, int number) throws SQLException {
        return new Slice(
                row.getObject("job_id", UUID.class),
                row.getString("aggregate_type"),
                row.getInt("slice_number"),
                row.getString("pass"),
                row.getString("last_id"),
                row.getString("end_id"),
                row.getInt("chunk_limit"),
                row.getBoolean("named"),
                row.getBoolean("dry_run"),
                row.getString("parameters"));
    }
}
