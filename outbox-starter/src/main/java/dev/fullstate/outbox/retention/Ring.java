package dev.fullstate.outbox.retention;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.support.SqlArrayValue;

import dev.fullstate.outbox.contract.OutboxNames;
import dev.fullstate.outbox.contract.OutboxTable;
import dev.fullstate.outbox.retention.OutboxState.Leaf;
import dev.fullstate.outbox.retention.OutboxState.Obstacle;
import dev.fullstate.outbox.retention.OutboxState.Pipeline;
import dev.fullstate.outbox.store.Outbox;

/**
 * Queries the ring of leaves and the relays' notes on it. No query reads a whole leaf: sizes and counts come from the catalogs,
 * and rows through an index.
 */
final class Ring {

    private static final String LEAVES = """
            select name, day, ago,
                   pg_stat_get_live_tuples(leaf) as row_count,
                   pg_total_relation_size(leaf) as size_bytes,
                   pg_relation_size(leaf) > 0
                       and to_timestamp((today - ago + 1) * 86400) <= now() - make_interval(secs => :seconds) as overdue
              from (select floor(extract(epoch from now()) / 86400)::bigint as today) as clock
             cross join lateral (
                   select name, identifier, mod(today - (number - 1), 16) as ago
                     from unnest(cast(:names as text[]), cast(:leaves as text[])) with ordinality as leaf (name, identifier, number)) as ring
             cross join lateral (
                   select to_regclass(identifier)::oid as leaf, date '1970-01-01' + (today - ago)::integer as day) as found
             where leaf is not null
             order by ago
            """;

    /**
     * Unpublished are the rows of transactions that had not begun at the relay's snapshot, or were running then. Each running
     * transaction is looked up as the next one in order, for which an index is used with any statistics.
     */
    private static final String PIPELINES = """
            select pipeline, r.slot_name, coalesce(active, false) as active, published_lsn::text as published_lsn, updated_at,
                   pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn)::bigint as unconfirmed, of_this_server, oldest
              from {outbox_relay} as r
              left join pg_replication_slots as s on s.slot_name = r.slot_name
             cross join lateral (
                   select r.system_identifier = system_identifier as of_this_server from pg_control_system()) as server
             cross join lateral (
                   select case when of_this_server then r.snapshot else '1:1:' end as snapshot) as noted
             cross join lateral (
                   select min(written_at) as oldest from (
                       (select %1$s as written_at
                          from {outbox} as r where xid >= pg_snapshot_xmax(noted.snapshot) order by xid limit 1000)
                       union all
                       select written_at
                         from pg_snapshot_xip(noted.snapshot) as running (xid)
                        cross join lateral (
                              select xid, %1$s as written_at from {outbox} as r where xid >= running.xid order by xid limit 1) as next
                        where next.xid = running.xid
                   ) as unpublished) as behind
             order by pipeline
            """.formatted(OutboxTable.writtenAt("r"));

    private final Outbox outbox;
    private final OutboxNames names;

    Ring(Outbox outbox) {
        this.outbox = outbox;
        this.names = outbox.names();
    }

    Instant now() {
        return outbox.sql("select now()").query(OffsetDateTime.class).single().toInstant();
    }

    /** Returns the obstacle to queries of the ring, and to retirement if leaves are to be retired. */
    Optional<Obstacle> obstacle(boolean retiring) {
        boolean there = outbox.sql("select to_regclass(:outbox) is not null and to_regclass(:relays) is not null")
                .param("outbox", names.sql("{outbox}"))
                .param("relays", names.sql("{outbox_relay}"))
                .query(Boolean.class)
                .single();
        if (!there) {
            return Optional.of(new Obstacle(
                    names.text("The tables {outbox} and {outbox_relay} do not exist"),
                    "Let the application create them (outbox.schema.initialize=true), or run V1__outbox.sql and the scripts after"
                            + " it of outbox-contract"));
        }
        List<String> grants = missingGrants(retiring);
        return grants.isEmpty()
                ? Optional.empty()
                : Optional.of(new Obstacle(
                        "The application's role lacks rights to look after the outbox", String.join(" ", grants)));
    }

    private List<String> missingGrants(boolean retiring) {
        return outbox.sql("""
                        select format('GRANT SELECT ON %s TO %I;', string_agg(cast(name as text), ', '), current_user)
                          from unnest(cast(:tables as regclass[])) as name
                         where not has_table_privilege(name, 'select')
                        having count(*) > 0
                        union all
                        select format('GRANT SELECT, TRUNCATE ON %s TO %I;', string_agg(cast(name as text), ', ' order by name), current_user)
                          from unnest(cast(:leaves as regclass[])) as name
                         where :retiring
                           and not (has_table_privilege(name, 'select') and has_table_privilege(name, 'truncate'))
                        having count(*) > 0
                        union all
                        select format('GRANT EXECUTE ON FUNCTION pg_control_system() TO %I;', current_user)
                         where not has_function_privilege('pg_control_system()', 'execute')
                        """)
                .param("tables", tables(retiring))
                .param("leaves", leaves(bucket -> names.qualified(names.leaf(bucket))))
                .param("retiring", retiring)
                .query(String.class)
                .list();
    }

    private SqlArrayValue tables(boolean retiring) {
        Stream<String> tables = Stream.concat(
                Stream.of("{outbox}", "{outbox_relay}"), retiring ? Stream.of("{outbox_parked}") : Stream.empty());
        return new SqlArrayValue("text", tables.map(names::sql).toArray());
    }

    private static SqlArrayValue leaves(IntFunction<String> leaf) {
        return new SqlArrayValue(
                "text",
                IntStream.range(0, OutboxTable.LEAF_COUNT).mapToObj(leaf).toArray());
    }

    /** Returns the existing leaves, today's first. */
    List<Leaf> leaves(Duration period) {
        return outbox.sql(LEAVES)
                .param("names", leaves(names::leaf))
                .param("leaves", leaves(bucket -> names.qualified(names.leaf(bucket))))
                .param("seconds", period.toSeconds())
                .query((row, number) -> new Leaf(
                        row.getString("name"),
                        row.getObject("day", LocalDate.class),
                        row.getInt("ago"),
                        row.getLong("row_count"),
                        row.getLong("size_bytes"),
                        row.getBoolean("overdue"),
                        null))
                .list();
    }

    List<Pipeline> pipelines() {
        return outbox.sql(PIPELINES)
                .query((row, number) -> new Pipeline(
                        row.getString("pipeline"),
                        row.getString("slot_name"),
                        row.getBoolean("active"),
                        row.getObject("unconfirmed", Long.class),
                        row.getString("published_lsn"),
                        row.getObject("updated_at", OffsetDateTime.class).toInstant(),
                        row.getBoolean("of_this_server"),
                        instant(row, "oldest")))
                .list();
    }

    /** Returns about when the oldest row was written; empty if there is none. */
    Optional<Instant> oldest() {
        return outbox.sql("select " + OutboxTable.writtenAt("r") + " from {outbox} as r order by xid limit 1")
                .query(OffsetDateTime.class)
                .optional()
                .map(OffsetDateTime::toInstant);
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
        return value == null ? null : value.toInstant();
    }
}
