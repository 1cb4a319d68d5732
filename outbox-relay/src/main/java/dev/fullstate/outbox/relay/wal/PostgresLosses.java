package dev.fullstate.outbox.relay.wal;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.contract.OutboxNames;
import dev.fullstate.outbox.contract.OutboxTable;
import dev.fullstate.outbox.relay.position.Newest;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Compares in temporary tables of the server, beside those of {@link PostgresRetainedRows}, whatever the number of events. */
final class PostgresLosses implements Losses {

    private static final int QUOTED = 5;
    private static final int MOST_JOBS = 10;

    private static final String TABLES = "{outbox_job}, {outbox_job_slice}, {outbox_job_item}, {outbox_job_action}";

    /**
     * The id of a job, twice a parameter, if there is no such job yet. That needs no right to read the tables, unlike {@code returning}.
     * The insert of a relay that is gone has ended by now: the server has waited for it when this relay's slot was made.
     */
    private static final String FRESH =
            "select id from (select ?::uuid as id) as asked where not exists (select from {outbox_relay_job} where id = ?)";

    private final Connection connection;
    private final OutboxNames names;
    private final WalSettings settings;

    PostgresLosses(Connection connection, OutboxNames names, WalSettings settings) {
        this.connection = connection;
        this.names = names;
        this.settings = settings;
    }

    /** {@return the requester of the relay's jobs} */
    private String requester() {
        return "outbox-relay-" + settings.slotName();
    }

    // Rows that are older than all that are there may have been retired; but none that was written after the last note,
    // because only noted rows are retired. Without a note, as in a pipeline that was
    // retired itself, old rows are; unless the database was restored to before the first note.
    //
    // Events of another service in the same topic have another source. A delete event for an aggregate of another
    // outbox would be a disaster, so an event without a row's source, or without a certain type, is left out and
    // reported.
    @Override
    public Loss find(Map<String, String> aggregateTypes, boolean historyIsLost) {
        try (PreparedStatement create =
                connection.prepareStatement(names.sql("""
                create temporary table outbox_relay_lost as
                with kept as (select min(%s) as since from {outbox} as r),
                     noted as (select max(updated_at) as at from {outbox_relay} where pipeline = ? and published_lsn > '0/0'),
                     stranger as materialized (
                        select found.*
                          from pg_temp.outbox_relay_found as found, kept, noted
                         where not exists (select from {outbox} as r where r.id = found.id)
                           and (noted.at is null and ? or coalesce(found.recorded_at >= least(kept.since, noted.at), kept.since is null and noted.at is null))),
                     own as materialized (
                        select source from (select distinct source from stranger) as s
                         where exists (select from {outbox} as r where r.source = s.source)),
                     kind as materialized (
                        select each.topic, each.type, coalesce(named.aggregatetype, known.aggregatetype) as aggregatetype
                          from (select distinct topic, type from stranger where source in (select source from own)) as each
                          left join unnest(?::text[], ?::text[]) as named (topic, aggregatetype) on named.topic = each.topic
                          left join lateral (
                               select min(aggregatetype) as aggregatetype
                                 from {outbox} as r where named.topic is null and r.type = each.type
                               having min(aggregatetype) = max(aggregatetype)) as known on true)
                select kind.aggregatetype, stranger.key as aggregateid, stranger.topic, stranger.source,
                       own.source is not null as known, own.source is not null and kind.aggregatetype is not null as lost,
                       min(stranger.recorded_at) as since, count(distinct stranger.id) as event_count,
                       md5(string_agg(stranger.id::text, '' order by stranger.id)) as events
                  from stranger
                  left join own on own.source = stranger.source
                  left join kind on kind.topic = stranger.topic and kind.type = stranger.type
                 group by 1, 2, 3, 4, 5, 6
                """.formatted(OutboxTable.writtenAt("r"))))) {
            execute("drop table if exists pg_temp.outbox_relay_lost");
            create.setString(1, settings.slotName());
            create.setBoolean(2, historyIsLost);
            create.setArray(3, array(aggregateTypes.keySet()));
            create.setArray(4, array(aggregateTypes.values()));
            create.executeUpdate();
            execute("analyze pg_temp.outbox_relay_lost");
            return new Loss(lostAggregates(), since(), leftOut());
        } catch (SQLException e) {
            throw SqlFailure.of(names.text("The losses of {outbox} could not be found"), e);
        }
    }

    private List<Aggregates> lostAggregates() throws SQLException {
        return aggregates("""
                select aggregatetype, count(distinct aggregateid),
                       (array_agg(distinct aggregateid))[1:%d]
                  from pg_temp.outbox_relay_lost where lost group by aggregatetype order by aggregatetype
                """.formatted(QUOTED));
    }

    private List<Aggregates> aggregates(String sql) throws SQLException {
        List<Aggregates> types = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                types.add(new Aggregates(rows.getString(1), rows.getLong(2), strings(rows.getArray(3))));
            }
        }
        return types;
    }

    private @Nullable Instant since() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select min(since) from pg_temp.outbox_relay_lost where lost")) {
            row.next();
            return row.getTimestamp(1) == null ? null : row.getTimestamp(1).toInstant();
        }
    }

    private List<Strangers> leftOut() throws SQLException {
        List<Strangers> strangers = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("""
                        select topic, coalesce(source, ''), known, sum(event_count)
                          from pg_temp.outbox_relay_lost where not lost
                         group by 1, 2, 3 order by 1, 2 limit %d
                        """.formatted(QUOTED))) {
            while (rows.next()) {
                strangers.add(new Strangers(rows.getString(1), rows.getString(2), rows.getBoolean(3), rows.getLong(4)));
            }
        }
        return strangers;
    }

    @Override
    public Request republish(boolean paused) {
        try {
            UUID id = jobId();
            insert(id, paused);
            return jobs("id = ?::uuid", id.toString()).get(0);
        } catch (SQLException e) {
            throw notWritten(e);
        }
    }

    /** Made of the events that are lost: who finds the same loss again, because the first one did not live to record it, finds the job. */
    private UUID jobId() throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("""
                select md5(? || string_agg(events, '' order by aggregatetype, aggregateid, topic, source))::uuid
                  from pg_temp.outbox_relay_lost where lost
                """)) {
            query.setString(1, requester());
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return row.getObject(1, UUID.class);
            }
        }
    }

    /** One job for all types, however many ids: one request resumes it. */
    private void insert(UUID id, boolean paused) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(names.sql("""
                with fresh as materialized (%s),
                     lost as materialized (
                        select distinct aggregatetype, aggregateid from pg_temp.outbox_relay_lost where lost),
                     job as (
                        insert into {outbox_job} (id, kind, state, ids, parameters, requested_by)
                        select id, 'republish', ?, (select array_agg(aggregateid order by aggregatetype, aggregateid) from lost),
                               '{"tombstones": true}', ? from fresh),
                     slice as (
                        insert into {outbox_job_slice} (job_id, aggregate_type, total_count)
                        select id, aggregatetype, count(*) from fresh, lost group by id, aggregatetype),
                     item as (
                        insert into {outbox_job_item} (job_id, aggregate_type, aggregate_id, pass)
                        select id, aggregatetype, aggregateid, 'NAMED' from fresh, lost)
                insert into {outbox_job_action} (job_id, action, actor) select id, 'start', ? from fresh
                """.formatted(FRESH)))) {
            insert.setObject(1, id);
            insert.setObject(2, id);
            insert.setString(3, paused ? "PAUSED" : "QUEUED");
            insert.setString(4, requester());
            insert.setString(5, requester());
            insert.executeUpdate();
        }
    }

    @Override
    public Request republish(List<String> types, Newest after, boolean paused) {
        UUID id = UUID.nameUUIDFromBytes((requester() + " " + after).getBytes(UTF_8));
        try (PreparedStatement insert = connection.prepareStatement(names.sql("""
                with fresh as materialized (%s),
                     job as (
                        insert into {outbox_job} (id, kind, state, requested_by) select id, 'republish', ?, ? from fresh),
                     slice as (
                        insert into {outbox_job_slice} (job_id, aggregate_type)
                        select id, aggregatetype from fresh, unnest(?::text[]) as aggregatetype)
                insert into {outbox_job_action} (job_id, action, actor) select id, 'start', ? from fresh
                """.formatted(FRESH)))) {
            insert.setObject(1, id);
            insert.setObject(2, id);
            insert.setString(3, paused ? "PAUSED" : "QUEUED");
            insert.setString(4, requester());
            insert.setArray(5, array(types));
            insert.setString(6, requester());
            insert.executeUpdate();
            return jobs("id = ?::uuid", id.toString()).get(0);
        } catch (SQLException e) {
            throw notWritten(e);
        }
    }

    @Override
    public List<Request> waiting() {
        try {
            return jobs("requested_by = ? and paused", requester());
        } catch (SQLException e) {
            throw notRead(e);
        }
    }

    private List<Request> jobs(String condition, String parameter) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(names.sql("""
                select id, paused, of_whole_types, aggregate_types, total_counts
                  from {outbox_relay_job} where %s order by created_at limit %d
                """.formatted(condition, MOST_JOBS)))) {
            query.setString(1, parameter);
            List<Request> jobs = new ArrayList<>();
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    jobs.add(new Request(
                            rows.getObject(1, UUID.class), rows.getBoolean(2), rows.getBoolean(3), types(rows)));
                }
            }
            return jobs;
        }
    }

    private static List<Aggregates> types(ResultSet row) throws SQLException {
        List<String> names = strings(row.getArray(4));
        Long[] counts = (Long[]) row.getArray(5).getArray();
        List<Aggregates> types = new ArrayList<>();
        for (int i = 0; i < counts.length; i++) {
            types.add(new Aggregates(names.get(i), counts[i], List.of()));
        }
        return types;
    }

    @Override
    public @Nullable String missingGrant() {
        try (PreparedStatement query = connection.prepareStatement("""
                select bool_and(has_table_privilege(to_regclass(name), 'insert'))
                  from unnest(string_to_array(?, ', ')) as name where to_regclass(name) is not null
                """)) {
            query.setString(1, names.sql(TABLES));
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return row.getObject(1) == null || row.getBoolean(1) ? null : grant();
            }
        } catch (SQLException e) {
            throw notRead(e);
        }
    }

    private String grant() {
        return names.text("GRANT INSERT ON " + TABLES + " TO ") + settings.role() + ";";
    }

    private String grantToRead() {
        return names.text("GRANT SELECT ON {outbox_relay_job} TO ") + settings.role() + ";";
    }

    private WalException notRead(SQLException e) {
        String failedTo = names.text("The republish jobs of the relay could not be read from {outbox_relay_job}");
        return SqlFailure.isInsufficientPrivilege(e)
                ? new WalException(failedTo + ": " + e.getMessage(), grantToRead(), e)
                : SqlFailure.of(failedTo, e);
    }

    private WalException notWritten(SQLException e) {
        String failedTo = names.text("The republish job for what {outbox} has lost could not be written");
        return SqlFailure.isInsufficientPrivilege(e)
                ? new WalException(failedTo + ": " + e.getMessage(), grantToRead() + " " + grant(), e)
                : SqlFailure.of(failedTo, e);
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private Array array(Collection<String> values) throws SQLException {
        return connection.createArrayOf("text", values.toArray());
    }

    private static List<String> strings(Array array) throws SQLException {
        return List.of((String[]) array.getArray());
    }
}
