package dev.fullstate.outbox.relay.wal;

import java.io.EOFException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.sql.SQLException;

import org.postgresql.util.PSQLException;

import dev.fullstate.outbox.relay.failure.FailureKind;
import dev.fullstate.outbox.relay.failure.PostgresFailure;

/** Says what PostgreSQL's errors mean to the relay: by the table, and with the statement where this place knows it. */
final class SqlFailure {

    private static final String INSUFFICIENT_PRIVILEGE = "42501";
    private static final String INVALID_AUTHORIZATION = "28000";
    private static final String CONNECTION_FAILURE = "08006";
    private static final String PROTOCOL_VIOLATION = "08P01";
    private static final String OBJECT_NOT_IN_STATE = "55000";
    private static final String QUERY_CANCELED = "57014";
    private static final String SYNTAX_ERROR = "42601";

    private SqlFailure() {}

    static WalException connecting(SQLException e, WalSettings settings) {
        if (INVALID_AUTHORIZATION.equals(e.getSQLState())) {
            return new DatabaseSetupException(
                    "PostgreSQL refuses the connection of the relay: " + e.getMessage(),
                    "ALTER ROLE " + settings.role()
                            + " LOGIN; -- or add the line to pg_hba.conf that the message names; or connect with TLS or a"
                            + " certificate, if it asks for that (sslmode, sslcert and sslkey in the URL)",
                    e);
        }
        if (isInsufficientPrivilege(e)) {
            return new DatabaseSetupException(
                    "PostgreSQL refuses the connection of the relay: " + e.getMessage(),
                    "GRANT CONNECT ON DATABASE ... TO " + settings.role() + ";",
                    e);
        }
        if (CONNECTION_FAILURE.equals(e.getSQLState()) && !isOfNetwork(e)) {
            return new WalException(
                    FailureKind.PERMANENT,
                    "TLS with PostgreSQL at " + settings.address() + " failed: " + e.getMessage(),
                    "Check sslmode, sslrootcert, sslcert and sslkey in the URL, and the server's certificate",
                    e);
        }
        PostgresFailure failure =
                isOfPooler(e) ? PostgresFailure.POOLER_IN_BETWEEN : PostgresFailure.of(e.getSQLState());
        return new WalException(
                failure.kind(),
                (failure == PostgresFailure.UNREACHABLE
                                ? "PostgreSQL is not reachable at "
                                : "PostgreSQL refuses the connection of the relay to ")
                        + settings.address() + ": " + e.getMessage(),
                failure.remedy(),
                e);
    }

    /** Tells a pooler, which reports most of its own errors as a violation of the protocol, from the driver, which reports such a violation. */
    private static boolean isOfPooler(SQLException e) {
        return PROTOCOL_VIOLATION.equals(e.getSQLState())
                && e instanceof PSQLException driver
                && driver.getServerErrorMessage() != null;
    }

    /** Tells the network's failures from those of certificates and keys, which the driver reports in the same way. */
    private static boolean isOfNetwork(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketException
                    || cause instanceof SocketTimeoutException
                    || cause instanceof EOFException) {
                return true;
            }
        }
        return false;
    }

    static WalException connectingForReplication(SQLException e, WalSettings settings) {
        if (isInsufficientPrivilege(e)) {
            return new DatabaseSetupException(
                    "Role " + settings.role() + " may not replicate: " + e.getMessage(),
                    "ALTER ROLE " + settings.role() + " REPLICATION;",
                    e);
        }
        // A pooler that ignores what it does not know has made a connection on which replication commands are wrong
        // SQL.
        if (isOfPooler(e) || SYNTAX_ERROR.equals(e.getSQLState())) {
            return new DatabaseSetupException(
                    settings.address()
                            + " is not the address of PostgreSQL itself, and has no connections for replication: "
                            + e.getMessage(),
                    PostgresFailure.POOLER_IN_BETWEEN.remedy(),
                    e);
        }
        return connecting(e, settings);
    }

    static WalException of(String failedTo, SQLException e) {
        String message = failedTo + ": " + e.getMessage();
        PostgresFailure failure = isDead(e) ? PostgresFailure.UNREACHABLE : PostgresFailure.of(e.getSQLState());
        return failure == PostgresFailure.SLOT_IN_USE
                ? new SlotInUseException(message, e)
                : new WalException(failure.kind(), message, failure.remedy(), e);
    }

    /** Tells a stream whose connection the driver has given up from a lost slot, of which the server says the same. */
    private static boolean isDead(SQLException e) {
        return OBJECT_NOT_IN_STATE.equals(e.getSQLState())
                && e instanceof PSQLException driver
                && driver.getServerErrorMessage() == null;
    }

    static boolean isInsufficientPrivilege(SQLException e) {
        return INSUFFICIENT_PRIVILEGE.equals(e.getSQLState());
    }

    static boolean isCanceled(SQLException e) {
        return QUERY_CANCELED.equals(e.getSQLState());
    }
}
