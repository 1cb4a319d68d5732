package dev.fullstate.outbox.jobs;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.jobs.Job.ActionTaken;
import dev.fullstate.outbox.jobs.Job.PartitionEnd;
import dev.fullstate.outbox.jobs.Job.TypeProgress;
import dev.fullstate.outbox.store.Outbox;

/** The jobs of a kind as they are shown. */
final class JobHistory {

    private static final int LENGTH = 100;
    private static final String COLUMNS = """
            select id, state, cardinality(ids) as id_count, rate_per_second, dry_run, cast(parameters as text) as parameters, rate_since, rate_from,
                   coalesce(error, (select min(error) from {outbox_job_slice} where job_id = j.id)) as error, requested_by,
                   created_at, started_at, updated_at, finished_at, clock_timestamp() as now,
                   (select min(waiting_for) from {outbox_job_slice} where job_id = j.id) as waiting_for,
                   (select string_agg(distinct aggregate_type, ', ' order by aggregate_type) from {outbox_job_slice}
                     where job_id = j.id and pass <> 'DONE' and aggregate_type <> all (:types)) as unknown_types
              from {outbox_job} as j
             where kind = :kind
            """;

    private final Outbox outbox;
    private final JobKind kind;

    JobHistory(Outbox outbox, JobKind kind) {
        this.outbox = outbox;
        this.kind = kind;
    }

    /**
     * Returns the job with this id.
     *
     * @param obstacle what makes jobs wait in this instance; null if nothing does
     */
    Optional<Job> find(UUID id, @Nullable String obstacle) {
        return withDetails(
                        outbox.sql(COLUMNS + " and id = :id")
                                .param("id", id)
                                .param("kind", kind.name())
                                .param("types", SliceTable.array(kind.types()))
                                .query(JobRow::of)
                                .list(),
                        obstacle)
                .stream()
                .findFirst();
    }

    /** Returns the latest jobs, the newest first. */
    List<Job> latest(@Nullable String obstacle) {
        return withDetails(
                outbox.sql(COLUMNS + " order by created_at desc, id desc limit " + LENGTH)
                        .param("kind", kind.name())
                        .param("types", SliceTable.array(kind.types()))
                        .query(JobRow::of)
                        .list(),
                obstacle);
    }

    /** The counts are read after the state: a job that has ended has its last ones. */
    private List<Job> withDetails(List<JobRow> rows, @Nullable String obstacle) {
        if (rows.isEmpty()) {
            return List.of();
        }
        List<UUID> ids = rows.stream().map(JobRow::id).toList();
        Map<UUID, List<TypeProgress>> types = grouped(outbox.sql("""
                        select job_id, aggregate_type,
                               case when bool_and(total_count is not null) then cast(sum(total_count) as bigint) end as total_count,
                               sum(done_count) as done_count, sum(pending_count) as pending_count,
                               sum(skipped_count) as skipped_count, sum(failed_count) as failed_count
                          from {outbox_job_slice} where job_id in (:ids)
                         group by job_id, aggregate_type order by aggregate_type
                        """)
                .param("ids", ids)
                .query((row, number) -> new Of<>(row.getObject("job_id", UUID.class), type(row)))
                .list());
        Map<UUID, List<ActionTaken>> actions =
                grouped(outbox.sql("select * from {outbox_job_action} where job_id in (:ids) order by at")
                        .param("ids", ids)
                        .query((row, number) -> new Of<>(row.getObject("job_id", UUID.class), action(row)))
                        .list());
        Map<UUID, List<PartitionEnd>> ends = ends(ids);
        return rows.stream()
                .map(row -> row.job(
                        types.getOrDefault(row.id(), List.of()),
                        actions.getOrDefault(row.id(), List.of()),
                        ends.get(row.id()),
                        obstacle))
                .toList();
    }

    /** Jobs that are not published yet are missing; with those that have no records, the list is empty. */
    private Map<UUID, List<PartitionEnd>> ends(List<UUID> ids) {
        return outbox
                .sql("""
                        select job_id, pipeline, topic, partition, "offset"
                          from {outbox_job_end}
                          left join jsonb_to_recordset(offsets) as e (topic text, partition integer, "offset" bigint) on true
                         where job_id in (:ids) order by pipeline, topic, partition
                        """)
                .param("ids", ids)
                .query((row, number) -> new Of<>(row.getObject("job_id", UUID.class), end(row)))
                .list()
                .stream()
                .collect(Collectors.groupingBy(
                        Of::job, Collectors.flatMapping(row -> row.what().stream(), Collectors.toList())));
    }

    private static Optional<PartitionEnd> end(ResultSet row) throws SQLException {
        String topic = row.getString("topic");
        return topic == null
                ? Optional.empty()
                : Optional.of(new PartitionEnd(
                        row.getString("pipeline"), topic, row.getInt("partition"), row.getLong("offset")));
    }

    /** Something that belongs to a job. */
    private record Of<T>(UUID job, T what) {}

    private static <T> Map<UUID, List<T>> grouped(List<Of<T>> rows) {
        return rows.stream().collect(Collectors.groupingBy(Of::job, Collectors.mapping(Of::what, Collectors.toList())));
    }

    private static TypeProgress type(ResultSet row) throws SQLException {
        return new TypeProgress(
                row.getString("aggregate_type"),
                row.getObject("total_count", Long.class),
                row.getLong("done_count"),
                row.getLong("pending_count"),
                row.getLong("skipped_count"),
                row.getLong("failed_count"));
    }

    private static ActionTaken action(ResultSet row) throws SQLException {
        return new ActionTaken(
                row.getString("action"),
                row.getString("actor"),
                row.getObject("at", OffsetDateTime.class).toInstant());
    }
}
