package dev.fullstate.outbox.schema;

import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;

import org.flywaydb.core.api.exception.FlywayValidateException;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.contract.OutboxNames;

/**
 * The failures that keep the outbox from being created or used at the start, told apart by the SQLSTATE or its beginning
 * (PostgreSQL manual, appendix A), each with its remedy. Messages do not count: they are in the server's language.
 */
enum SchemaFailure {
    UNREACHABLE("Start PostgreSQL, or correct spring.datasource.url.", "08"),
    WRONG_PASSWORD("Correct spring.datasource.username and spring.datasource.password.", "28P01"),
    NOT_ADMITTED(
            "Let the role log in (ALTER ROLE ... LOGIN;), or add the line to pg_hba.conf that the message names.",
            "28"),
    NO_DATABASE("Create the database (CREATE DATABASE ...;), or correct spring.datasource.url.", "3D000"),
    NO_SCHEMA(
            "Create the schema (CREATE SCHEMA ...;), name another one with outbox.schema.name, or correct currentSchema in"
                    + " spring.datasource.url or the role's search_path.",
            "3F000"),
    TOO_MANY_CONNECTIONS(
            "Raise max_connections, lower spring.datasource.hikari.maximum-pool-size, or end connections that are not needed.",
            "53300"),
    DISK_FULL("Give PostgreSQL disk space, then start again: the failed migration has left nothing behind.", "53100"),
    OUT_OF_RESOURCES("Give PostgreSQL the resource that the message names, then start again.", "53"),
    READ_ONLY(
            "Connect to the primary (with targetServerType=primary, spring.datasource.url may name several servers), or remove"
                    + " the setting that makes transactions read-only: default_transaction_read_only, or readOnly in the URL.",
            "25006"),
    LOCK_TIMEOUT(
            "End the transaction that holds the lock (select pid, query from pg_stat_activity; select"
                    + " pg_terminate_backend(pid);), or start again when it has ended. ALTER ROLE ... SET lock_timeout waits longer.",
            "55P03"),
    STATEMENT_TIMEOUT(
            "Start again, with a longer statement_timeout for the role (ALTER ROLE ... SET statement_timeout = '60s';) if the"
                    + " server is slow, or end the transaction that it waits for.",
            "57014"),
    SHUTTING_DOWN("Start again when PostgreSQL accepts connections; its log says what it is doing.", "57P"),
    TABLE_EXISTS(
            "If the table in the message belongs to another application, give the outbox a schema of its own"
                    + " (outbox.schema.name=...), or another table (outbox.schema.table=...). If the outbox was created by hand, set"
                    + " outbox.schema.initialize=false.",
            "42P07"),
    PUBLICATION_EXISTS(
            "A publication belongs to the whole database. If it is that of another outbox, set outbox.schema.publication=..."
                    + " or outbox.schema.name=...; if it is not needed: DROP PUBLICATION {publication};",
            "42710"),
    NO_PRIVILEGE(
            "Grant the right that the message names. A role that changes a table or a publication has to own it"
                    + " (ALTER TABLE ... OWNER TO ...;). Or run the migration by hand as a role that may, and set"
                    + " outbox.schema.initialize=false.",
            "42501"),
    NO_WAL_LEVEL(
            "ALTER SYSTEM SET wal_level = 'logical'; -- and restart PostgreSQL (a managed service has a parameter for it)",
            "55000"),
    CONFLICT("Start again: another transaction was in the way.", "40"),
    SERVER_ERROR("See PostgreSQL's log, then start again.", "58", "XX"),
    OTHER_MIGRATION(
            "The history is in {history}, with the version of each script that was run. If a script has failed or was"
                    + " replaced: undo the rest of its changes and delete its row, or drop the outbox's tables with the history and"
                    + " start again. If another version of outbox-starter created the tables: use that version or a later one."),
    OTHER("See the message; if nothing else helps, run the migration by hand and set outbox.schema.initialize=false.");

    private final String remedy;

    @SuppressWarnings("ImmutableEnumChecker") // Made by List.of.
    private final List<String> states;

    SchemaFailure(String remedy, String... states) {
        this.remedy = remedy;
        this.states = List.of(states);
    }

    /** Returns the kind of a failure, by the first SQLSTATE among its causes. */
    static SchemaFailure of(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof FlywayValidateException) {
                return OTHER_MIGRATION;
            }
            if (cause instanceof SQLException database && database.getSQLState() != null) {
                return of(database.getSQLState());
            }
        }
        return OTHER;
    }

    static SchemaFailure of(@Nullable String sqlState) {
        return Arrays.stream(values())
                .filter(failure -> sqlState != null && failure.states.stream().anyMatch(sqlState::startsWith))
                .findFirst()
                .orElse(OTHER);
    }

    /** Returns the remedy for an outbox with these names. */
    String remedy(OutboxNames names) {
        return remedy.replace("{publication}", OutboxNames.readable(names.publication()))
                .replace("{history}", names.text("{outbox_schema_history}"));
    }
}
