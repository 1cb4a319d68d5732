package dev.fullstate.outbox.relay.wal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.contract.OutboxNames;
import dev.fullstate.outbox.contract.OutboxTable;
import dev.fullstate.outbox.relay.position.Lsn;

/** The relay's queries of the system catalogs, through an ordinary connection. */
final class Catalog {

    private static final String OPTIONS = "(publish = 'insert', publish_via_partition_root = true);";

    private static final long TERMINATION_MILLIS = 1_000;

    /** Makes of a slot's name the number of a lock that others will hardly use. */
    private static final long LOCK_SEED = 7_031_962_011L;

    /** Times are texts: they are only compared with themselves, and no clock is read. */
    private static final String SLOT_AND_HOLDER = """
              from (values (?::text)) as named (slot_name)
              left join pg_replication_slots as slot using (slot_name)
              left join lateral (
                   select pid
                     from pg_locks
                    where locktype = 'advisory' and granted and objsubid = 1
                      and database = (select oid from pg_database where datname = current_database())
                      and (classid::bigint << 32) | objid::bigint = hashtextextended(named.slot_name, %1$d)
                    limit 1) as leader on true
              left join lateral (
                   select coalesce(slot.active_pid, leader.pid) as holder_pid) as held on true
              left join lateral (
                   select backend_start::text as started_at, usesysid
                     from pg_stat_activity
                    where pid = holder_pid) as holder on true
              left join lateral (
                   select max(query_start)::text as sign_of_life
                     from pg_stat_activity as sign
                    where sign.application_name = '%2$s' || holder_pid and sign.usesysid = holder.usesysid) as life on true
            """.formatted(LOCK_SEED, Connections.SIGN_OF_LIFE);

    private final Connection connection;
    private final String publication;
    /** The database of the connection; null before it is asked for. */
    private @Nullable String currentDatabase;

    /** @param publication of the outbox table */
    Catalog(Connection connection, String publication) {
        this.connection = connection;
        this.publication = publication;
    }

    /** Returns the outbox's publication. It has to publish one table, of it the inserts, and partitions as the table. */
    Publication publication() {
        List<PublishedTable> tables = query("""
                select p.oid || '.' || p.xmin as publication, p.pubinsert, p.pubviaroot,
                       c.oid || '.' || coalesce(r.oid || '.' || r.xmin, '') as membership,
                       to_jsonb(r) ->> 'prqual' is not null as filtered,
                       t.schemaname as schema, t.tablename as table_name
                  from pg_publication p
                  left join pg_publication_tables t on t.pubname = p.pubname
                  left join pg_namespace n on n.nspname = t.schemaname
                  left join pg_class c on c.relnamespace = n.oid and c.relname = t.tablename
                  left join pg_publication_rel r on r.prpubid = p.oid and r.prrelid = c.oid
                 where p.pubname = ?
                """, PublishedTable::of, publication);
        if (tables.isEmpty()) {
            throw new WalException(
                    "Publication '" + publication + "' does not exist",
                    "Start the service that writes to the outbox: its migration creates it. By hand: "
                            + createPublication(OutboxNames.DEFAULT_TABLE),
                    null);
        }
        PublishedTable table = tables.get(0);
        if (tables.size() > 1 || table.membership() == null) {
            throw new WalException(
                    "Publication '" + publication + "' publishes " + (tables.size() > 1 ? tables.size() : "no")
                            + " tables; expected the outbox table alone",
                    dropPublication() + createPublication(OutboxNames.DEFAULT_TABLE),
                    null);
        }
        if (!OutboxNames.canBeTable(table.name())) {
            throw new WalException(
                    "Publication '" + publication + "' publishes " + table.schema() + "." + table.name()
                            + ", which cannot be an outbox",
                    "Set outbox.relay.publication to the one of the outbox",
                    null);
        }
        if (!table.inserts() || !table.viaRoot()) {
            throw new WalException(
                    "Publication '" + publication + "' does not publish "
                            + (table.inserts() ? "partitions as their table" : "inserts"),
                    "ALTER PUBLICATION " + OutboxNames.readable(publication) + " SET " + OPTIONS,
                    null);
        }
        if (table.filtered()) {
            throw new WalException(
                    "Publication '" + publication + "' filters the rows of " + table.schema() + "." + table.name()
                            + "; what it leaves out would never be published",
                    dropPublication() + createPublication(OutboxNames.DEFAULT_TABLE),
                    null);
        }
        return new Publication(
                table.publication() + "/" + table.membership(),
                new OutboxNames(table.schema(), table.name(), publication));
    }

    /** Returns the first part of the outbox whose rows are not in the WAL; empty if all are. */
    Optional<String> unloggedPart(OutboxNames names) {
        return query("""
                select part.relid::regclass
                  from pg_partition_tree(to_regclass(?)) as part join pg_class c on c.oid = part.relid
                 where c.relpersistence <> 'p'
                 order by 1 limit 1
                """, row -> row.getString(1), names.sql("{outbox}")).stream()
                .findFirst();
    }

    private String createPublication(String table) {
        return "CREATE PUBLICATION " + OutboxNames.readable(publication) + " FOR TABLE " + OutboxNames.readable(table)
                + " WITH " + OPTIONS;
    }

    private String dropPublication() {
        return "DROP PUBLICATION " + OutboxNames.readable(publication) + "; ";
    }

    Optional<Slot> slot(String name) {
        return query("""
                        select coalesce(database, ''), coalesce(plugin, ''), two_phase, coalesce(confirmed_flush_lsn, '0/0'),
                               coalesce(wal_status, '') = 'lost', active_pid
                          from pg_replication_slots
                         where slot_name = ?
                        """, Catalog::slot, name).stream().findFirst();
    }

    private static Slot slot(ResultSet row) throws SQLException {
        return new Slot(
                row.getString(1),
                row.getString(2),
                row.getBoolean(3),
                Lsn.parse(row.getString(4)),
                row.getBoolean(5),
                row.getObject(6, Integer.class));
    }

    /**
     * Returns the mark of the slot for failover; empty without a slot, and before PostgreSQL 17, which first synchronizes slots to
     * standbys.
     */
    Optional<FailoverSlot.Mark> failoverMark(String slotName) {
        return query("""
                        select (to_jsonb(slot) ->> 'failover')::boolean, active
                          from pg_replication_slots slot
                         where slot_name = ? and to_jsonb(slot) ->> 'failover' is not null
                        """, row -> new FailoverSlot.Mark(row.getBoolean(1), row.getBoolean(2)), slotName).stream()
                .findFirst();
    }

    Optional<SlotStatus> slotStatus(String name) {
        return query(
                        """
                select pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn)::bigint as unconfirmed,
                       pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint as retained,
                       safe_wal_size, coalesce(wal_status, '') as wal_status, holder_pid, started_at, sign_of_life
                """ + SLOT_AND_HOLDER + " where slot.slot_name is not null or leader.pid is not null",
                        Catalog::slotStatus,
                        name)
                .stream()
                .findFirst();
    }

    /**
     * Ends the process that has the slot, if it still is that one and nothing has been heard of its relay, and waits for its end.
     *
     * @return empty if it is not
     */
    Optional<Boolean> terminate(String name, Holder holder) {
        // A slot has one holder at a time; one statement looks at the process and ends it.
        return query(
                        "select pg_terminate_backend(holder_pid, " + TERMINATION_MILLIS + ") " + SLOT_AND_HOLDER
                                + " where holder_pid = ?::integer and started_at = ? and sign_of_life is not distinct from ?",
                        row -> row.getBoolean(1),
                        name,
                        Integer.toString(holder.pid()),
                        holder.startedAt(),
                        holder.signOfLife())
                .stream()
                .findFirst();
    }

    private static SlotStatus slotStatus(ResultSet row) throws SQLException {
        return new SlotStatus(
                row.getLong("unconfirmed"),
                row.getLong("retained"),
                row.getObject("safe_wal_size", Long.class),
                row.getString("wal_status"),
                holder(row));
    }

    private static @Nullable Holder holder(ResultSet row) throws SQLException {
        Integer pid = row.getObject("holder_pid", Integer.class);
        return pid == null ? null : new Holder(pid, row.getString("started_at"), row.getString("sign_of_life"));
    }

    /** Returns the server's process behind this connection. A pooler in between may have told the driver another. */
    int backendPid() {
        return query("select pg_backend_pid()", row -> row.getInt(1)).get(0);
    }

    /** Returns the number of the database in its server. */
    long databaseNumber() {
        return query("select oid::bigint from pg_database where datname = current_database()", row -> row.getLong(1))
                .get(0);
    }

    /** Returns the name of the database with a number; empty if the server has none. */
    Optional<String> databaseName(long number) {
        return query(
                        "select datname from pg_database where oid = ?::bigint::oid",
                        row -> row.getString(1),
                        Long.toString(number))
                .stream()
                .findFirst();
    }

    String currentDatabase() {
        String known = currentDatabase;
        if (known == null) {
            known = query("select current_database()", row -> row.getString(1)).get(0);
            currentDatabase = known;
        }
        return known;
    }

    /** Returns the identifier of a server for all of its life, and of its standbys; other servers have others. */
    String systemIdentifier() {
        return query("select system_identifier from pg_control_system()", row -> row.getString(1))
                .get(0);
    }

    /** {@return when the server's process was started} */
    Instant serverStart() {
        return query(
                        "select pg_postmaster_start_time()",
                        row -> row.getTimestamp(1).toInstant())
                .get(0);
    }

    /** {@return the position at which the next WAL record begins} */
    Lsn walEnd() {
        return query("select pg_current_wal_insert_lsn()", row -> Lsn.parse(row.getString(1)))
                .get(0);
    }

    /**
     * Returns an expression for whether the server has written its WAL to its disk up to a position. One at the beginning of a page lies after
     * the page's header (24 bytes, 40 in the first page of a file), which is written only with the next record.
     */
    static String onDisk(String lsn) {
        return """
                pg_current_wal_flush_lsn() >= %1$s
                    - case when (%1$s - '0/0'::pg_lsn) %% current_setting('wal_block_size')::numeric in (24, 40)
                           then (%1$s - '0/0'::pg_lsn) %% current_setting('wal_block_size')::numeric else 0 end""".formatted(lsn);
    }

    /** {@return whether the server has written its WAL to its disk up to a position, so that no crash loses what is before} */
    boolean isOnDisk(Lsn lsn) {
        return query(
                        "select " + onDisk("ends") + " from (select ?::pg_lsn as ends) as wal",
                        row -> row.getBoolean(1),
                        lsn.toString())
                .get(0);
    }

    /**
     * Returns the age of the oldest row that the relay has not noted as published.
     *
     * @return empty if there is none; rows of the last seconds may be published
     */
    Optional<Duration> oldestWaiting(String pipeline) {
        OutboxNames names = publication().names();
        // A value for the whole statement, so that the index by transaction gives the first row and no other is read.
        return query(
                        names.sql("""
                        with noted as materialized (
                             select coalesce((select snapshot from {outbox_relay} where pipeline = ?::text), '1:1:') as snapshot)
                        select extract(epoch from clock_timestamp() - %s)::bigint
                          from {outbox} as r
                         where xid >= pg_snapshot_xmin((select snapshot from noted))
                           and not pg_visible_in_snapshot(xid, (select snapshot from noted))
                         order by xid limit 1
                        """.formatted(OutboxTable.writtenAt("r"))),
                        row -> Duration.ofSeconds(row.getLong(1)),
                        pipeline)
                .stream()
                .findFirst();
    }

    /** Returns a setting that not every version has. */
    Optional<String> settingIfKnown(String name) {
        return query("select current_setting(?, true)", row -> Optional.ofNullable(row.getString(1)), name)
                .get(0);
    }

    /** {@return the time of the server's clock} */
    Instant now() {
        return query("select clock_timestamp()", row -> row.getTimestamp(1).toInstant())
                .get(0);
    }

    String setting(String name) {
        return query("select current_setting(?)", row -> row.getString(1), name).get(0);
    }

    /** {@return the number of further slots that the server can have} */
    int freeSlotCount() {
        return query(
                        "select current_setting('max_replication_slots')::integer - count(*) from pg_replication_slots",
                        row -> row.getInt(1))
                .get(0);
    }

    boolean exists(String table) {
        return query("select to_regclass(?) is not null", row -> row.getBoolean(1), table)
                .get(0);
    }

    /**
     * Finds what the role lacks to read the outbox and to note what is published. Looks the tables up by their names: without USAGE on their
     * schema they have no other way to be found.
     *
     * @return the statements; empty if it lacks nothing
     */
    List<String> missingGrants(OutboxNames names) {
        return query("""
                with tables as (
                  select c.oid, substr(c.relname, length(?) + 1) as suffix, n.oid as schema
                    from pg_class c join pg_namespace n on n.oid = c.relnamespace
                   where n.nspname = ? and starts_with(c.relname, ?))
                select format('GRANT USAGE ON SCHEMA %s TO %I;', schema::regnamespace, current_user)
                  from tables where suffix = '' and not has_schema_privilege(schema, 'usage')
                union all
                select format('GRANT %s ON %s TO %I;', needed.rights, oid::regclass, current_user)
                  from (values ('', 'SELECT'), ('_relay', 'SELECT, INSERT, UPDATE'), ('_relay_job', 'SELECT'),
                               ('_job_end', 'SELECT, INSERT'))
                    as needed (suffix, rights)
                  join tables using (suffix)
                 where exists (select from unnest(string_to_array(needed.rights, ', ')) as one
                                where not has_table_privilege(oid, one))
                union all
                select format('GRANT SELECT, UPDATE ON SEQUENCE %s TO %I;', oid::regclass, current_user)
                  from tables
                 where suffix = '_seq'
                   and not (has_sequence_privilege(oid, 'select') and has_sequence_privilege(oid, 'update'))
                union all
                select format('GRANT EXECUTE ON FUNCTION pg_control_system() TO %I;', current_user)
                 where not has_function_privilege('pg_control_system()', 'execute')
                """, row -> row.getString(1), names.table(), names.schema(), names.table());
    }

    /** Returns how many numbers a session draws at once from the outbox's sequence. */
    long sequenceCache(OutboxNames names) {
        return query(
                        "select seqcache from pg_sequence where seqrelid = to_regclass(?)",
                        row -> row.getLong(1),
                        names.sql("{outbox_seq}"))
                .get(0);
    }

    /** Takes the lock of a slot for as long as the connection lives, at once or not at all. */
    boolean tryLock(String slotName) {
        return query(
                        "select pg_try_advisory_lock(hashtextextended(?, " + LOCK_SEED + "))",
                        row -> row.getBoolean(1),
                        slotName)
                .get(0);
    }

    void dropSlot(String name) {
        query("select pg_drop_replication_slot(?)", row -> name, name);
    }

    <T> List<T> query(String sql, RowReader<T> reader, @Nullable String... parameters) {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setString(i + 1, parameters[i]);
            }
            List<T> results = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    results.add(reader.read(rows));
                }
            }
            return results;
        } catch (SQLException e) {
            throw SqlFailure.of(
                    "A query of the relay failed ("
                            + sql.strip().lines().findFirst().orElse("") + " ...)",
                    e);
        }
    }

    interface RowReader<T> {

        T read(ResultSet row) throws SQLException;
    }

    /** A line of {@link #publication()}; membership is null where the publication has no table. */
    private record PublishedTable(
            String publication,
            boolean inserts,
            boolean viaRoot,
            boolean filtered,
            @Nullable String membership,
            String name,
            String schema) {

        static PublishedTable of(ResultSet row) throws SQLException {
            return new PublishedTable(
                    row.getString("publication"),
                    row.getBoolean("pubinsert"),
                    row.getBoolean("pubviaroot"),
                    row.getBoolean("filtered"),
                    row.getString("membership"),
                    row.getString("table_name"),
                    row.getString("schema"));
        }
    }
}
