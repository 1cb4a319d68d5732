package dev.fullstate.outbox.relay.wal;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

import dev.fullstate.outbox.contract.OutboxNames;
import dev.fullstate.outbox.relay.position.Lsn;

/** The tables of the republish jobs, through a connection that waits neither for locks nor for disks and standbys. */
final class RepublishTables implements RepublishJobs {

    private static final int COUNT = 100;

    private final Connection connection;
    private final String pipeline;
    private final OutboxNames names;

    RepublishTables(Connection connection, WalSettings settings, Publication publication) {
        this.connection = connection;
        this.pipeline = settings.slotName();
        this.names = publication.names();
    }

    @Override
    public Ended ended() {
        // The statement's snapshot is taken before any of its functions is called: the jobs that it shows have their
        // commits, and so those of all their events, before the position.
        try (PreparedStatement statement = connection.prepareStatement(names.sql("""
                select pg_current_snapshot()::text, pg_current_wal_insert_lsn()::text, job.id, job.aggregate_types
                  from (values (1)) as one
                  left join lateral (
                       select id, aggregate_types from {outbox_relay_job} as j
                        where ended and not exists (select from {outbox_job_end} where job_id = j.id and pipeline = ?)
                        order by finished_at limit %d) as job on true
                """.formatted(COUNT)))) {
            statement.setString(1, pipeline);
            try (ResultSet row = statement.executeQuery()) {
                return ended(row);
            }
        } catch (SQLException e) {
            throw SqlFailure.of(names.text("The republish jobs could not be read from {outbox_relay_job}"), e);
        }
    }

    private static Ended ended(ResultSet row) throws SQLException {
        List<Job> jobs = new ArrayList<>();
        Horizon seen = null;
        while (row.next()) {
            seen = new Horizon(row.getString(1), Lsn.parse(row.getString(2)));
            UUID id = row.getObject(3, UUID.class);
            if (id != null) {
                jobs.add(new Job(id, Set.of((String[]) row.getArray(4).getArray())));
            }
        }
        return new Ended(jobs, Objects.requireNonNull(seen, "The query has one row at least"));
    }

    @Override
    public void note(Job job, List<End> offsets, Lsn published) {
        // A job that was removed since needs no note any more.
        try (PreparedStatement statement = connection.prepareStatement(names.sql("""
                insert into {outbox_job_end} (job_id, pipeline, offsets, published_lsn)
                select id, ?, (select coalesce(jsonb_agg(jsonb_build_object('topic', t, 'partition', p, 'offset', o)), '[]')
                                 from unnest(?::text[], ?::integer[], ?::bigint[]) as e (t, p, o)), ?::pg_lsn
                  from {outbox_relay_job} where id = ?
                on conflict do nothing
                """))) {
            statement.setString(1, pipeline);
            statement.setArray(2, array("text", offsets.stream().map(End::topic).toArray()));
            statement.setArray(
                    3, array("integer", offsets.stream().map(End::partition).toArray()));
            statement.setArray(
                    4, array("bigint", offsets.stream().map(End::offset).toArray()));
            statement.setString(5, published.toString());
            statement.setObject(6, job.id());
            statement.executeUpdate();
        } catch (SQLException e) {
            throw SqlFailure.of(
                    "The end of republish job " + job.id() + names.text(" could not be noted in {outbox_job_end}"), e);
        }
    }

    private Array array(String type, Object[] values) throws SQLException {
        return connection.createArrayOf(type, values);
    }
}
