package dev.fullstate.outbox.republish;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

import dev.fullstate.outbox.republish.RepublishJob.ActionTaken;
import dev.fullstate.outbox.republish.RepublishJob.TypeProgress;

/** The jobs as they are shown. */
final class JobHistory {

    private static final int LENGTH = 100;
    private static final String COLUMNS = """
            select id, state, cardinality(ids) as id_count, changed_since, rate_per_second, dry_run, tombstones, rate_since, rate_from,
                   coalesce(error, (select min(error) from outbox_republish_part where job_id = j.id)) as error, requested_by,
                   created_at, started_at, updated_at, finished_at, clock_timestamp() as now,
                   exists (select from outbox_republish_part
                            where job_id = j.id and pass = 'SECOND_LOOK' and due_at is not null) as looks_again
              from outbox_republish_job as j
            """;

    private final JdbcClient jdbc;

    JobHistory(DataSource dataSource) {
        this.jdbc = JdbcClient.create(dataSource);
    }

    /**
     * The job with this id.
     *
     * @param obstacle what makes running jobs wait in this instance; null if nothing does
     */
    Optional<RepublishJob> find(UUID id, @Nullable String obstacle) {
        return withDetails(
                        jdbc.sql(COLUMNS + " where id = :id")
                                .param("id", id)
                                .query(JobRow::of)
                                .list(),
                        obstacle)
                .stream()
                .findFirst();
    }

    /** The latest jobs, the newest first. */
    List<RepublishJob> latest(@Nullable String obstacle) {
        return withDetails(
                jdbc.sql(COLUMNS + " order by created_at desc, id desc limit " + LENGTH)
                        .query(JobRow::of)
                        .list(),
                obstacle);
    }

    /** The counts are read after the state: a job that has ended has its last ones. */
    private List<RepublishJob> withDetails(List<JobRow> rows, @Nullable String obstacle) {
        if (rows.isEmpty()) {
            return List.of();
        }
        List<UUID> ids = rows.stream().map(JobRow::id).toList();
        Map<UUID, List<TypeProgress>> types =
                grouped(jdbc.sql("select * from outbox_republish_part where job_id in (:ids) order by aggregate_type")
                        .param("ids", ids)
                        .query((row, number) -> new Of<>(row.getObject("job_id", UUID.class), type(row)))
                        .list());
        Map<UUID, List<ActionTaken>> actions =
                grouped(jdbc.sql("select * from outbox_republish_action where job_id in (:ids) order by at")
                        .param("ids", ids)
                        .query((row, number) -> new Of<>(row.getObject("job_id", UUID.class), action(row)))
                        .list());
        return rows.stream()
                .map(row -> row.job(
                        types.getOrDefault(row.id(), List.of()), actions.getOrDefault(row.id(), List.of()), obstacle))
                .toList();
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
                row.getLong("published_count"),
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
