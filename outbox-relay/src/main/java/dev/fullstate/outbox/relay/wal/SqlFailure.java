package dev.fullstate.outbox.relay.wal;

import java.sql.SQLException;

/** Says what PostgreSQL's errors mean to the relay. */
final class SqlFailure {

    private static final String INSUFFICIENT_PRIVILEGE = "42501";
    private static final String INVALID_AUTHORIZATION = "28000";
    private static final String INVALID_PASSWORD = "28P01";
    private static final String OBJECT_IN_USE = "55006";
    private static final String DUPLICATE_OBJECT = "42710";
    private static final String UNDEFINED_COLUMN = "42703";
    private static final String QUERY_CANCELED = "57014";

    private SqlFailure() {}

    static WalException connecting(SQLException e, WalSettings settings) {
        if (INVALID_AUTHORIZATION.equals(e.getSQLState())) {
            return new DatabaseSetupException(
                    "PostgreSQL refuses the connection of the relay: " + e.getMessage(),
                    "ALTER ROLE " + settings.role()
                            + " LOGIN; -- or add the line to pg_hba.conf that the message names",
                    e);
        }
        if (INVALID_PASSWORD.equals(e.getSQLState())) {
            return new WalException(
                    "PostgreSQL refuses the relay's password: " + e.getMessage(),
                    "Check outbox.relay.username and outbox.relay.password, or spring.datasource.username and"
                            + " spring.datasource.password",
                    e);
        }
        return new WalException(
                "PostgreSQL is not reachable at " + settings.address() + ": " + e.getMessage(),
                "Check that it runs and that spring.datasource.url (or outbox.relay.url) is right; the relay tries again",
                e);
    }

    static WalException connectingForReplication(SQLException e, WalSettings settings) {
        if (isInsufficientPrivilege(e)) {
            return new DatabaseSetupException(
                    "Role " + settings.role() + " may not replicate: " + e.getMessage(),
                    "ALTER ROLE " + settings.role() + " REPLICATION;",
                    e);
        }
        return connecting(e, settings);
    }

    static WalException of(String failedTo, SQLException e) {
        String message = failedTo + ": " + e.getMessage();
        if (OBJECT_IN_USE.equals(e.getSQLState()) || DUPLICATE_OBJECT.equals(e.getSQLState())) {
            return new SlotInUseException(message, e);
        }
        if (UNDEFINED_COLUMN.equals(e.getSQLState())) {
            return new WalException(message, "Restore the column: nothing is published without it", e);
        }
        return new WalException(message, "See the message of PostgreSQL; the relay connects again", e);
    }

    static boolean isInsufficientPrivilege(SQLException e) {
        return INSUFFICIENT_PRIVILEGE.equals(e.getSQLState());
    }

    static boolean isCanceled(SQLException e) {
        return QUERY_CANCELED.equals(e.getSQLState());
    }
}
