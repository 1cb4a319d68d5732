package dev.fullstate.outbox.faults.server;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.test.PostgresServer;

/** Statements of a superuser, in the database that every server has. */
record Administrator(PostgresServer server) {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int FIRST_WITH_BACKUP_START = 15;

    /** {@return the first column of the first row, as text; null without a row} */
    @Nullable
    String query(String sql) {
        try (Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement()) {
            return first(statement, sql);
        } catch (SQLException e) {
            throw new IllegalStateException("On the server at port " + server.port() + ": " + sql, e);
        }
    }

    /** Executes statements that no transaction block may hold. */
    void execute(String... statements) {
        try (Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(
                    "On the server at port " + server.port() + ": " + String.join("; ", statements), e);
        }
    }

    /** Waits until a condition in SQL holds. */
    void await(String condition) {
        await(condition, () -> {});
    }

    /** @param step runs before each check */
    void await(String condition, Runnable step) {
        new Patience(PATIENCE, () -> "The server listens on " + server.port()).until(condition, () -> {
            step.run();
            return "t".equals(query("select " + condition));
        });
    }

    /** {@return the statements that begin and end a backup, each to be sent on one connection; they do not await the archive} */
    BackupFunctions backup() throws SQLException {
        try (Connection connection = server.connect("postgres")) {
            return connection.getMetaData().getDatabaseMajorVersion() < FIRST_WITH_BACKUP_START
                    ? new BackupFunctions(
                            "select pg_start_backup('faults', true, false)",
                            "select labelfile from pg_stop_backup(false, false)")
                    : new BackupFunctions(
                            "select pg_backup_start('faults', true)", "select labelfile from pg_backup_stop(false)");
        }
    }

    /** PostgreSQL 15 has renamed them. */
    record BackupFunctions(String start, String stop) {}

    static @Nullable String first(Statement statement, String sql) throws SQLException {
        try (ResultSet rows = statement.executeQuery(sql)) {
            return rows.next() ? rows.getString(1) : null;
        }
    }
}
