package dev.fullstate.outbox.relay.wal;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

import dev.fullstate.outbox.relay.failure.RelayException;

/**
 * Shows other relays that this process lives and reaches the server: a connection of its own asks the server something every half a
 * second, and {@code pg_stat_activity} tells everyone with the same role when it was last asked (ADR 26).
 *
 * <p>It says nothing of the loop. A loop that hangs does not answer the walsender, which frees the slot by itself; a loop that waits for
 * Kafka, or for the creation of a slot, shall keep it. {@code pg_stat_replication} would tell as much without a further connection, but
 * only to roles with pg_read_all_stats.
 */
final class SignOfLife implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(SignOfLife.class);
    private static final Duration INTERVAL = Duration.ofMillis(500);

    /** Less than others wait for: a connection that is dead for itself alone is replaced before they miss it. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final Connections connections;
    private final int walSenderPid;
    private final CountDownLatch closed = new CountDownLatch(1);
    /** The last one that was opened; the thread that closes this aborts it. */
    private volatile @Nullable Connection connection;

    private SignOfLife(Connections connections, int walSenderPid) {
        this.connections = connections;
        this.walSenderPid = walSenderPid;
    }

    /** Begins to show that the relay lives for which a process of the server has the slot. */
    static SignOfLife show(Connections connections, int walSenderPid, String slotName) {
        SignOfLife sign = new SignOfLife(connections, walSenderPid);
        Map<String, String> context = MDC.getCopyOfContextMap();
        Thread thread = new Thread(
                () -> {
                    if (context != null) {
                        MDC.setContextMap(context);
                    }
                    sign.run();
                },
                "outbox-relay-" + slotName + "-alive");
        thread.setDaemon(true);
        thread.start();
        return sign;
    }

    private void run() {
        try {
            do {
                showOnOneConnection();
            } while (!closed.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Without it nothing is wrong but that a successor has to wait longer for the slot. */
    private void showOnOneConnection() throws InterruptedException {
        try (Connection opened = connections.signOfLife(walSenderPid);
                Statement statement = opened.createStatement()) {
            Connections.limit(opened, PATIENCE);
            connection = opened;
            do {
                statement.execute("select 1");
            } while (!closed.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS));
        } catch (SQLException | RelayException e) {
            if (closed.getCount() > 0) {
                log.debug("The sign of life did not reach PostgreSQL, and is tried again", e);
            }
        }
    }

    /** Ends it at once, also while it waits for the server. */
    @Override
    public void close() {
        closed.countDown();
        Connection current = connection;
        if (current != null) {
            try {
                current.abort(Runnable::run);
            } catch (SQLException e) {
                log.debug("The connection of the sign of life did not close cleanly", e);
            }
        }
    }
}
