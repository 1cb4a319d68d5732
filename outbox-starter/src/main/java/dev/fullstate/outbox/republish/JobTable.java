package dev.fullstate.outbox.republish;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** The jobs, one row each, and the ids that wait for a second pass. */
final class JobTable {

    private static final String STATE_COLUMNS =
            "id, state, array_to_string(aggregate_types, ',') as types, published_count, pending_count, skipped_count, error,"
                    + " requested_by, created_at, finished_at";

    private final JdbcClient jdbc;

    JobTable(DataSource dataSource) {
        this.jdbc = JdbcClient.create(dataSource);
    }

    /** On a connection that someone else has opened and will close: in that one's transaction. */
    static JobTable on(Connection connection) {
        return new JobTable(new SingleConnectionDataSource(connection, true));
    }

    /**
     * How far a job has come.
     *
     * @param aggregateTypes what it republishes
     * @param typeIndex the type at which it stands; past the last one it is in the second pass
     * @param lastId the last id of that type that was dealt with, as text; null before the first
     */
    record Cursor(
            List<String> aggregateTypes,
            int typeIndex,
            @Nullable String lastId) {

        boolean pastLastType() {
            return typeIndex >= aggregateTypes.size();
        }

        String aggregateType() {
            return aggregateTypes.get(typeIndex);
        }
    }

    /** An aggregate that waits for the second pass. */
    record Pending(int typeIndex, String aggregateId) {}

    void insert(UUID id, List<String> aggregateTypes, String requestedBy) {
        jdbc.sql("""
                        insert into outbox_republish_job (id, state, aggregate_types, requested_by)
                        values (:id, 'RUNNING', string_to_array(:types, ','), :requestedBy)
                        """)
                .param("id", id)
                .param("types", String.join(",", aggregateTypes))
                .param("requestedBy", requestedBy)
                .update();
    }

    Optional<RepublishJob> find(UUID id) {
        return jdbc.sql("select " + STATE_COLUMNS + " from outbox_republish_job where id = :id")
                .param("id", id)
                .query(JobTable::job)
                .optional();
    }

    List<UUID> running() {
        return jdbc.sql("select id from outbox_republish_job where state = 'RUNNING' order by created_at")
                .query(UUID.class)
                .list();
    }

    /** Takes the job for this transaction; empty if it has ended or another instance is at it. */
    Optional<Cursor> lock(UUID id) {
        return jdbc.sql("""
                        select array_to_string(aggregate_types, ',') as types, type_index, last_id
                        from outbox_republish_job where id = :id and state = 'RUNNING' for update skip locked
                        """)
                .param("id", id)
                .query((row, number) -> new Cursor(
                        List.of(row.getString("types").split(",")), row.getInt("type_index"), row.getString("last_id")))
                .optional();
    }

    void advance(UUID id, Cursor to, int published, List<Pending> pending) {
        for (Pending each : pending) {
            jdbc.sql(
                            "insert into outbox_republish_pending (job_id, type_index, aggregate_id) values (:id, :type, :aggregate)")
                    .param("id", id)
                    .param("type", each.typeIndex())
                    .param("aggregate", each.aggregateId())
                    .update();
        }
        jdbc.sql("""
                        update outbox_republish_job
                        set type_index = :type, last_id = :lastId, published_count = published_count + :published,
                            pending_count = pending_count + :pending, updated_at = clock_timestamp()
                        where id = :id
                        """)
                .param("type", to.typeIndex())
                .param("lastId", to.lastId())
                .param("published", published)
                .param("pending", pending.size())
                .param("id", id)
                .update();
    }

    Optional<Pending> takePending(UUID id) {
        return jdbc.sql("""
                        delete from outbox_republish_pending
                        where ctid = (select ctid from outbox_republish_pending where job_id = :id limit 1)
                        returning type_index, aggregate_id
                        """)
                .param("id", id)
                .query((row, number) -> new Pending(row.getInt(1), row.getString(2)))
                .optional();
    }

    void pendingDone(UUID id, boolean published) {
        jdbc.sql("""
                        update outbox_republish_job
                        set pending_count = pending_count - 1, published_count = published_count + :published,
                            skipped_count = skipped_count + :skipped, updated_at = clock_timestamp()
                        where id = :id
                        """)
                .param("published", published ? 1 : 0)
                .param("skipped", published ? 0 : 1)
                .param("id", id)
                .update();
    }

    void end(UUID id, RepublishJob.State state, @Nullable String error) {
        jdbc.sql("""
                        update outbox_republish_job
                        set state = :state, error = :error, updated_at = clock_timestamp(), finished_at = clock_timestamp()
                        where id = :id and state = 'RUNNING'
                        """)
                .param("state", state.name())
                .param("error", error)
                .param("id", id)
                .update();
    }

    private static RepublishJob job(ResultSet row, int number) throws SQLException {
        OffsetDateTime finishedAt = row.getObject("finished_at", OffsetDateTime.class);
        return new RepublishJob(
                row.getObject("id", UUID.class),
                RepublishJob.State.valueOf(row.getString("state")),
                List.of(row.getString("types").split(",")),
                row.getLong("published_count"),
                row.getLong("pending_count"),
                row.getLong("skipped_count"),
                row.getString("error"),
                row.getString("requested_by"),
                instant(row.getObject("created_at", OffsetDateTime.class)),
                finishedAt == null ? null : instant(finishedAt));
    }

    private static Instant instant(OffsetDateTime time) {
        return time.toInstant();
    }
}
