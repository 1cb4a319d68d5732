package dev.fullstate.outbox.relay.wal;

import java.io.IOException;
import java.lang.reflect.Field;
import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.PGStream;
import org.postgresql.core.QueryExecutorBase;
import org.postgresql.util.PSQLState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for the server on the socket of a connection for replication, and takes nothing from it (ADR 36). The driver's own reads either do not
 * wait, or wait without a limit: one that times out ends the stream.
 */
final class DriverSocket {

    private static final Logger log = LoggerFactory.getLogger(DriverSocket.class);

    private final PGStream driver;
    private boolean fits = true;

    private DriverSocket(PGStream driver) {
        this.driver = driver;
    }

    /** Returns the socket of a connection; null if this version of the driver has it elsewhere. */
    static @Nullable DriverSocket of(Connection connection) {
        try {
            Field stream = QueryExecutorBase.class.getDeclaredField("pgStream");
            stream.setAccessible(true);
            return new DriverSocket((PGStream)
                    stream.get(connection.unwrap(BaseConnection.class).getQueryExecutor()));
        } catch (ReflectiveOperationException | RuntimeException | SQLException e) {
            log.info("An idle relay polls, because it cannot wait on the socket of this version of the driver");
            log.debug("The reason is", e);
            return null;
        }
    }

    /**
     * Waits until the server has sent something that the driver has not read.
     *
     * @throws SQLException if the connection is lost
     */
    void await(Duration atMost) throws SQLException {
        if (!fits) {
            return;
        }
        try {
            int limit = driver.getNetworkTimeout();
            driver.setNetworkTimeout(Math.toIntExact(atMost.toMillis()));
            try {
                // Reads into the driver's buffer, and leaves it there.
                driver.peekChar();
            } finally {
                driver.setNetworkTimeout(limit);
            }
        } catch (LinkageError e) {
            fits = false;
            log.info("An idle relay polls, because this version of the driver has another stream", e);
        } catch (SocketTimeoutException e) {
            log.trace("The server has sent nothing for {}", atMost);
        } catch (IOException e) {
            throw new SQLException("The server has closed the connection", PSQLState.CONNECTION_FAILURE.getState(), e);
        }
    }
}
