package dev.fullstate.outbox.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.fullstate.outbox.contract.OutboxNames;
import dev.fullstate.outbox.contract.OutboxTable;
import dev.fullstate.outbox.store.Outbox;

/**
 * Checks at the start whether the outbox can be created or written to, so that the first write does not fail. The checks ask the
 * catalogs, which every role may read, for names: so a role without rights is told which rights it lacks, and not that there is
 * no outbox.
 */
final class SchemaCheck {

    private static final Logger log = LoggerFactory.getLogger(OutboxSchema.class);

    private static final List<String> OTHER_TABLES =
            List.of("_relay", "_job", "_job_slice", "_job_item", "_job_action", "_job_end", "_parked", "_command");

    /** The relay reads it. */
    private static final String VIEW = "_relay_job";

    private static final String PARTITIONED = "p";

    private final Outbox outbox;
    private final OutboxNames names;

    SchemaCheck(Outbox outbox) {
        this.outbox = outbox;
        this.names = outbox.names();
    }

    /** Requires that a first migration can succeed. Flyway itself would try for ten seconds to create its history table. */
    void requireRightsToMigrate() {
        if (relations().containsKey(names.migrationHistory())) {
            return;
        }
        if (outbox.sql("select pg_is_in_recovery() or cast(current_setting('transaction_read_only') as boolean)")
                .query(Boolean.class)
                .single()) {
            throw new OutboxSchemaException(
                    names.text("{outbox} cannot be created: the database is read-only"),
                    SchemaFailure.READ_ONLY.remedy(names),
                    null);
        }
        List<String> statements = outbox.sql("""
                        with ours as (select (select oid from pg_namespace where nspname = :schema) as oid,
                                             has_database_privilege(current_database(), 'create') as creates)
                        select format('CREATE SCHEMA %I AUTHORIZATION %I;', cast(:schema as text), current_user)
                          from ours where oid is null and not creates
                        union all
                        select format('GRANT USAGE, CREATE ON SCHEMA %I TO %I;', cast(:schema as text), current_user)
                          from ours where oid is not null
                           and not (has_schema_privilege(oid, 'usage') and has_schema_privilege(oid, 'create'))
                        union all
                        select format('GRANT CREATE ON DATABASE %I TO %I; -- for the publication', current_database(), current_user)
                          from ours where not creates
                        """)
                .param("schema", names.schema())
                .query(String.class)
                .list();
        if (!statements.isEmpty()) {
            throw new OutboxSchemaException(
                    names.text("{outbox} cannot be created: the application's role may not do so"),
                    lines(statements) + "\nOr let a role that may do so " + byHand(),
                    null);
        }
    }

    /** Requires that the tables exist and are of this version. */
    void requireTables() {
        Map<String, String> relations = relations();
        if (!relations.containsKey(names.table())) {
            throw new OutboxSchemaException(
                    names.text("There is no table {outbox} for the changes of entities with @PublishFullState"),
                    "Let the application create it (outbox.schema.initialize=true), name an existing one (outbox.schema.name,"
                            + " outbox.schema.table), or " + byHand(),
                    null);
        }
        requireColumns(relations);
        List<String> statements = new ArrayList<>(missingLeaves(relations));
        if (!statements.isEmpty()) {
            throw new OutboxSchemaException(
                    names.text("{outbox} lacks leaves: no event could be written on their days"),
                    lines(statements),
                    null);
        }
        List<String> missing = Stream.concat(Stream.of("_seq", VIEW), OTHER_TABLES.stream())
                .map(suffix -> names.table() + suffix)
                .filter(name -> !relations.containsKey(name))
                .toList();
        if (!missing.isEmpty()) {
            throw anotherVersion("Beside {outbox} there is no " + String.join(", ", missing));
        }
    }

    private void requireColumns(Map<String, String> relations) {
        Map<String, Boolean> columns = outbox
                .sql("""
                        select a.attname, a.attnotnull and not a.atthasdef and a.attidentity = '' as required
                          from pg_attribute as a
                          join pg_class as c on c.oid = a.attrelid
                          join pg_namespace as n on n.oid = c.relnamespace
                         where n.nspname = :schema and c.relname = :table and a.attnum > 0 and not a.attisdropped
                        """)
                .param("schema", names.schema())
                .param("table", names.table())
                .query((row, number) -> Map.entry(row.getString("attname"), row.getBoolean("required")))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        if (!PARTITIONED.equals(relations.get(names.table())) || !columns.containsKey(OutboxTable.AGGREGATE_TYPE)) {
            throw new OutboxSchemaException(
                    names.text("{outbox} exists, but is not an outbox of this library"),
                    SchemaFailure.TABLE_EXISTS.remedy(names),
                    null);
        }
        List<String> ours = Stream.concat(
                        OutboxTable.PUBLISHED_COLUMNS.stream(), Stream.of(OutboxTable.XID, OutboxTable.BUCKET))
                .toList();
        List<String> missing =
                ours.stream().filter(column -> !columns.containsKey(column)).toList();
        if (!missing.isEmpty()) {
            throw anotherVersion("{outbox} lacks the columns " + missing);
        }
        List<String> unknown = columns.entrySet().stream()
                .filter(column -> column.getValue() && !ours.contains(column.getKey()))
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
        if (!unknown.isEmpty()) {
            throw anotherVersion("{outbox} requires values in unknown columns, " + unknown);
        }
    }

    private OutboxSchemaException anotherVersion(String finding) {
        return new OutboxSchemaException(
                names.text(finding + ": it is not of this version"), SchemaFailure.OTHER_MIGRATION.remedy(names), null);
    }

    private List<String> missingLeaves(Map<String, String> relations) {
        return IntStream.range(0, OutboxTable.LEAF_COUNT)
                .filter(bucket -> !"leaf".equals(relations.get(names.leaf(bucket))))
                .mapToObj(bucket -> names.text(
                                relations.containsKey(names.leaf(bucket))
                                        ? "ALTER TABLE {outbox} ATTACH PARTITION %1$s FOR VALUES IN (%2$d);"
                                        : "CREATE TABLE %1$s PARTITION OF {outbox} FOR VALUES IN (%2$d);")
                        .formatted(
                                names.text("{outbox"
                                        + names.leaf(bucket)
                                                .substring(names.table().length()) + "}"),
                                bucket))
                .toList();
    }

    void requireRightsToWrite() {
        List<String> statements = outbox.sql("""
                        select format('GRANT USAGE ON SCHEMA %I TO %I;', nspname, current_user)
                          from pg_namespace where nspname = :schema and not has_schema_privilege(oid, 'usage')
                        union all
                        select format('GRANT INSERT ON %I.%I TO %I;', nspname, relname, current_user)
                          from pg_class as c join pg_namespace as n on n.oid = relnamespace
                         where nspname = :schema and relname = :table and not has_table_privilege(c.oid, 'insert')
                        union all
                        select format('GRANT USAGE ON SEQUENCE %I.%I TO %I;', nspname, relname, current_user)
                          from pg_class as c join pg_namespace as n on n.oid = relnamespace
                         where nspname = :schema and relname = :table || '_seq' and not has_sequence_privilege(c.oid, 'usage')
                        """)
                .param("schema", names.schema())
                .param("table", names.table())
                .query(String.class)
                .list();
        if (!statements.isEmpty()) {
            throw new OutboxSchemaException(
                    names.text("The application's role may not write to {outbox}"), lines(statements), null);
        }
    }

    /** Requires that no row of the outbox is hidden: retention, republish and meters would take the visible rows for all. */
    void requireAllRows() {
        List<String> statements = outbox.sql("""
                        select format('ALTER TABLE %I.%I DISABLE ROW LEVEL SECURITY;', nspname, relname)
                          from pg_class as c join pg_namespace as n on n.oid = relnamespace
                         where nspname = :schema and relname in (:tables) and relkind in ('r', 'p') and row_security_active(c.oid)
                         order by relname
                        """)
                .param("schema", names.schema())
                .param("tables", tables().toList())
                .query(String.class)
                .list();
        if (!statements.isEmpty()) {
            throw new OutboxSchemaException(
                    names.text(
                            "Row-level security is active on {outbox} or a table that belongs to it for the application's role,"
                                    + " which could not see, or not write, some of its rows"),
                    lines(statements) + "\nOr let the role see all rows: ALTER ROLE ... BYPASSRLS;",
                    null);
        }
    }

    /** Warns of missing rights that capture does not need, and that are not worth a failed start. */
    void warnOfMissingRights() {
        List<String> statements = outbox.sql("""
                        select format('GRANT %s ON %I.%I TO %I;', rights, nspname, relname, current_user)
                          from pg_class as c
                          join pg_namespace as n on n.oid = relnamespace
                          join unnest(array['_job', '_job_slice', '_job_item', '_job_action', '_job_end'],
                                      array['SELECT, INSERT, UPDATE, DELETE', 'SELECT, INSERT, UPDATE, DELETE',
                                            'SELECT, INSERT, UPDATE, DELETE', 'SELECT, INSERT, UPDATE, DELETE', 'SELECT'])
                            as needed (name, rights) on relname = :table || name
                         where nspname = :schema
                           and exists (select from unnest(string_to_array(rights, ', ')) as one
                                        where not has_table_privilege(c.oid, one))
                        """)
                .param("schema", names.schema())
                .param("table", names.table())
                .query(String.class)
                .list();
        if (!statements.isEmpty()) {
            log.warn(
                    "The application's role may not run republish jobs. Remedy, if it should: {}",
                    String.join(" ", statements));
        }
        String walLevel = outbox.sql("select current_setting('wal_level')")
                .query(String.class)
                .single();
        if (!walLevel.equals("logical")) {
            log.warn(
                    "PostgreSQL runs with wal_level={}, so no relay can publish the outbox. Remedy: {}",
                    walLevel,
                    SchemaFailure.NO_WAL_LEVEL.remedy(names));
        }
    }

    private Stream<String> tables() {
        return Stream.concat(
                Stream.of("").map(suffix -> names.table() + suffix),
                Stream.concat(
                        OTHER_TABLES.stream().map(suffix -> names.table() + suffix),
                        IntStream.range(0, OutboxTable.LEAF_COUNT).mapToObj(names::leaf)));
    }

    /**
     * Returns the relations that have the outbox's names, with their kinds: "leaf" for one that is attached to a partitioned
     * table.
     */
    private Map<String, String> relations() {
        return outbox
                .sql("""
                        select relname, case when relispartition then 'leaf' else cast(relkind as text) end as kind
                          from pg_class as c join pg_namespace as n on n.oid = relnamespace
                         where nspname = :schema and relname in (:names)
                        """)
                .param("schema", names.schema())
                .param(
                        "names",
                        Stream.concat(
                                        tables(),
                                        Stream.of(
                                                names.table() + "_seq", names.table() + VIEW, names.migrationHistory()))
                                .toList())
                .query((row, number) -> Map.entry(row.getString("relname"), row.getString("kind")))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static String lines(List<String> statements) {
        return statements.stream()
                .map(statement -> "    " + statement + "\n")
                .collect(Collectors.joining("", "\n", ""));
    }

    private String byHand() {
        return "run V1__outbox.sql and the scripts after it of outbox-contract with search_path set to "
                + (names.schema() == null ? "the application's schema" : OutboxNames.readable(names.schema()))
                + ", \"" + names.table() + "\" for ${outbox} and \"" + names.publication()
                + "\" for ${publication}, grant INSERT on the table and USAGE on its sequence, and set"
                + " outbox.schema.initialize=false.";
    }
}
