package dev.fullstate.outbox.republish;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

import dev.fullstate.outbox.republish.Part.Pass;
import dev.fullstate.outbox.republish.Part.Step;
import dev.fullstate.outbox.store.Outbox;

/** The parts of running jobs. Who has locked one works on it, and nobody else does. */
final class PartTable {

    /** Of parts of running jobs: when the job's rate allows the next chunk. */
    private static final String RATE_ALLOWS_AT = """
            j.rate_since + make_interval(secs => (
                (select sum(done_count + skipped_count + failed_count) from {outbox_job_slice} where job_id = j.id) - j.rate_from)
                / cast(j.rate_per_second as double precision))
            """;

    /** Which rows belong to a part; see {@link #sql(Outbox, Part, String)}. */
    static final String OF_PART = " job_id = :job and aggregate_type = :type and slice_number = :range ";

    private final Outbox outbox;

    PartTable(Outbox outbox) {
        this.outbox = outbox;
    }

    static PartTable on(Outbox outbox, Connection connection) {
        return new PartTable(outbox.on(connection));
    }

    /** A statement about what belongs to a part, by {@link #OF_PART} or the three parameters that it has. */
    static StatementSpec sql(Outbox outbox, Part part, String sql) {
        return outbox.sql(sql)
                .param("job", part.job())
                .param("type", part.aggregateType())
                .param("range", part.range());
    }

    private StatementSpec sql(Part part, String sql) {
        return sql(outbox, part, sql);
    }

    /**
     * Takes a part for this transaction: of those that nobody is at and whose time has come, the one that has waited longest.
     *
     * @param types that this instance knows; another version of the application may know others
     */
    Optional<Part> take(Set<String> types, int chunkSize) {
        return outbox.sql("""
                        select p.job_id, p.aggregate_type, p.slice_number, p.pass, p.last_id, p.end_id, j.ids is not null as named, cast(j.parameters ->> 'changedSince' as timestamptz) as changed_since,
                               j.dry_run, coalesce(cast(j.parameters ->> 'tombstones' as boolean), false) as tombstones,
                               least(:chunkSize, j.rate_per_second) as chunk_limit
                          from {outbox_job_slice} as p
                          join {outbox_job} as j on j.id = p.job_id
                         where j.state = 'RUNNING' and p.pass <> 'DONE' and p.aggregate_type = any (:types)
                           and coalesce(p.due_at <= clock_timestamp(), true)
                           and (p.pass = 'COUNT' or coalesce(%s <= clock_timestamp(), true))
                         order by p.updated_at limit 1
                           for update of p skip locked
                        """.formatted(RATE_ALLOWS_AT))
                .param("types", JobTable.array(types))
                .param("chunkSize", chunkSize)
                .query(PartTable::part)
                .optional();
    }

    /**
     * Whether the job of a part is running. To be asked once the part is locked: who pauses a job changes its state first, and waits
     * for those who have locked a part then.
     */
    boolean isRunning(UUID job) {
        return outbox.sql("select state = 'RUNNING' from {outbox_job} where id = :id")
                .param("id", job)
                .query(Boolean.class)
                .single();
    }

    /** The part, locked, if it is still where it was. */
    boolean takeAgain(Part part) {
        return sql(part, """
                        select true from {outbox_job_slice}
                         where""" + OF_PART + "and pass = :pass and last_id is not distinct from :lastId for update")
                .param("pass", part.pass().name())
                .param("lastId", part.lastId())
                .query(Boolean.class)
                .optional()
                .isPresent();
    }

    /** How long until the time of a part comes; empty if none is waiting for it. */
    Optional<Duration> untilNext(Set<String> types) {
        return outbox.sql("""
                        select extract(epoch from min(greatest(p.due_at, %s)) - clock_timestamp()) * 1000
                          from {outbox_job_slice} as p
                          join {outbox_job} as j on j.id = p.job_id
                         where j.state = 'RUNNING' and p.pass <> 'DONE' and p.aggregate_type = any (:types)
                           and greatest(p.due_at, %s) > clock_timestamp()
                        """.formatted(RATE_ALLOWS_AT, RATE_ALLOWS_AT))
                .param("types", JobTable.array(types))
                .query(Double.class)
                .optional()
                .map(millis -> Duration.ofMillis(Math.max(1, Math.round(millis))));
    }

    /** Until the end of the transaction, no statement waits longer for a lock. */
    void setLockTimeout(Duration timeout) {
        outbox.sql("select set_config('lock_timeout', :timeout, true)")
                .param("timeout", timeout.toMillis() + "ms")
                .query(String.class)
                .single();
    }

    void counted(Part part, long total) {
        sql(part, """
                        update {outbox_job_slice} set total_count = :total
                         where""" + OF_PART).param("total", total).update();
    }

    /** Divides a part at these ids; the ranges after the first one are new parts. */
    void divide(Part part, List<String> ends) {
        sql(part, """
                        update {outbox_job_slice} set end_id = :end
                         where""" + OF_PART).param("end", ends.get(0)).update();
        sql(part, """
                        insert into {outbox_job_slice}
                               (job_id, aggregate_type, slice_number, pass, last_id, end_id, total_count)
                        select cast(:job as uuid), cast(:type as text), number, 'SCAN', id, lead(id) over (order by number), 0
                          from unnest(cast(:ends as text[])) with ordinality as range (id, number)
                        """).param("ends", JobTable.array(ends)).update();
    }

    void advance(Part part, Step step) {
        sql(part, """
                        update {outbox_job_slice}
                           set pass = :pass, last_id = :lastId, due_at = null, waiting_for = null, done_count = done_count + :published,
                               pending_count = pending_count + :pending, skipped_count = skipped_count + :skipped,
                               failed_count = failed_count + :failed, updated_at = clock_timestamp()
                         where""" + OF_PART)
                .param("pass", step.pass().name())
                .param("lastId", step.lastId())
                .param("published", step.published())
                .param("pending", step.pending())
                .param("skipped", step.skipped())
                .param("failed", step.failed())
                .update();
    }

    /** There is nothing to do for now. */
    void postpone(Part part, Duration delay) {
        sql(part, """
                        update {outbox_job_slice}
                           set due_at = clock_timestamp() + make_interval(secs => :seconds), updated_at = clock_timestamp()
                         where""" + OF_PART).param("seconds", delay.toMillis() / 1000.0).update();
    }

    /** Says why a part does not go on, until it does. */
    int waiting(Part part, String reason) {
        return sql(part, """
                        update {outbox_job_slice} set waiting_for = :reason
                         where""" + OF_PART + "and pass <> 'DONE'")
                .param("reason", reason)
                .update();
    }

    /** Keeps the first message. */
    void failed(Part part, String error) {
        sql(part, """
                        update {outbox_job_slice} set error = coalesce(error, :error)
                         where""" + OF_PART).param("error", error).update();
    }

    private static Part part(ResultSet row, int number) throws SQLException {
        return new Part(
                row.getObject("job_id", UUID.class),
                row.getString("aggregate_type"),
                row.getInt("slice_number"),
                Pass.valueOf(row.getString("pass")),
                row.getString("last_id"),
                row.getString("end_id"),
                row.getInt("chunk_limit"),
                row.getBoolean("named"),
                row.getObject("changed_since", OffsetDateTime.class),
                row.getBoolean("dry_run"),
                row.getBoolean("tombstones"));
    }
}
