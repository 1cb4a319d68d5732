package dev.fullstate.outbox.test;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/**
 * The confirmed position of a relay's slot, which is known here only by its name. Events that were committed before a position are
 * published when the position is confirmed.
 */
record RelayPosition(
        String jdbcUrl, @Nullable String username, @Nullable String password, String slotName) {

    private static final Duration POLL = Duration.ofMillis(20);

    /**
     * Waits until the relay has published everything that was committed before the call.
     *
     * @throws AssertionError if it takes longer
     */
    void awaitEverythingCommitted(Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        try (Connection connection = DriverManager.getConnection(jdbcUrl, username, password)) {
            String end = endOfWal(connection);
            while (!isConfirmed(connection, end)) {
                if (System.nanoTime() - deadline > 0) {
                    throw new AssertionError(
                            ("The relay with the slot '%s' has not published everything that was committed up to %s within"
                                            + " %d s. Does it run (outbox.relay.enabled)? Its health names the problem")
                                    .formatted(slotName, end, timeout.toSeconds()));
                }
                LockSupport.parkNanos(POLL.toNanos());
            }
        } catch (SQLException e) {
            throw new IllegalStateException("The position of the relay could not be read at " + jdbcUrl, e);
        }
    }

    /** Writes a message that the relay skips: its end is the end of a record, which the insert position need not be. */
    private static String endOfWal(Connection connection) throws SQLException {
        try (PreparedStatement statement =
                        connection.prepareStatement("select pg_logical_emit_message(false, 'outbox-test', '')::text");
                ResultSet end = statement.executeQuery()) {
            end.next();
            return end.getString(1);
        }
    }

    private boolean isConfirmed(Connection connection, String end) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "select confirmed_flush_lsn >= ?::pg_lsn from pg_replication_slots where slot_name = ?")) {
            statement.setString(1, end);
            statement.setString(2, slotName);
            try (ResultSet confirmed = statement.executeQuery()) {
                return confirmed.next() && confirmed.getBoolean(1);
            }
        }
    }
}
