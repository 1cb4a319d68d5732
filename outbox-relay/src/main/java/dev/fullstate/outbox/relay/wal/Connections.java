package dev.fullstate.outbox.relay.wal;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;

import org.postgresql.Driver;
import org.postgresql.PGProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens connections to the database, past any pool: a pool cannot hand out a connection for replication. */
final class Connections {

    private static final Logger log = LoggerFactory.getLogger(Connections.class);

    /** The application name of a connection that shows that a relay is alive, before the process that has the slot for it. */
    static final String SIGN_OF_LIFE = "outbox-relay alive with ";

    private static final String OLDEST_SERVER = "14";

    private final WalSettings settings;

    Connections(WalSettings settings) {
        this.settings = settings;
    }

    /** Opens a connection for queries, and for notes, which are on the server's own disk when they are committed and wait for no other's. */
    Connection ordinary() {
        ConnectionDetails database = settings.database().get();
        try {
            Connection connection = open(database, common(database));
            set(connection, "synchronous_commit", "local");
            // A row that a policy hides would look like one that was deleted.
            set(connection, "row_security", "off");
            return connection;
        } catch (SQLException e) {
            throw SqlFailure.connecting(e, settings);
        }
    }

    /** Opens a connection that shows that the relay is alive for which a process of the server has the slot. */
    Connection signOfLife(int walSenderPid) {
        ConnectionDetails database = settings.database().get();
        Properties properties = common(database);
        PGProperty.APPLICATION_NAME.set(properties, SIGN_OF_LIFE + walSenderPid);
        try {
            return open(database, properties);
        } catch (SQLException e) {
            throw SqlFailure.connecting(e, settings);
        }
    }

    /** Opens a connection for replication commands. */
    Connection replication() {
        ConnectionDetails database = settings.database().get();
        Properties properties = common(database);
        PGProperty.REPLICATION.set(properties, "database");
        PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
        try {
            Connection connection = open(database, properties);
            try (Statement statement = connection.createStatement()) {
                // Only a walsender knows it.
                statement.execute("IDENTIFY_SYSTEM");
                set(
                        connection,
                        "wal_sender_timeout",
                        settings.walSenderTimeout().toMillis() + "ms");
                return connection;
            } catch (SQLException e) {
                close(connection);
                throw e;
            }
        } catch (SQLException e) {
            throw SqlFailure.connectingForReplication(e, settings);
        }
    }

    /**
     * Opens the connection of the relay that leads, where the table is read. The server ends it, and so lets another relay lead, when the host
     * at its other end is gone.
     */
    Connection reading() {
        Connection connection = ordinary();
        try {
            Duration patience = settings.walSenderTimeout();
            String probe = Math.max(1, patience.toSeconds() / 3) + "s";
            set(connection, "tcp_keepalives_idle", probe);
            set(connection, "tcp_keepalives_interval", probe);
            set(connection, "tcp_keepalives_count", "2");
            set(connection, "tcp_user_timeout", patience.toMillis() + "ms");
            // A look is for the indexes, whatever statistics say of a table of which the newest rows count. It is
            // planned once: planning for sixteen partitions takes longer than the look.
            set(connection, "enable_seqscan", "off");
            set(connection, "enable_hashjoin", "off");
            set(connection, "enable_mergejoin", "off");
            set(connection, "max_parallel_workers_per_gather", "0");
            set(connection, "plan_cache_mode", "force_generic_plan");
            return connection;
        } catch (SQLException e) {
            close(connection);
            throw SqlFailure.connecting(e, settings);
        }
    }

    /** Has the server end a connection from which it has heard nothing for some time. */
    static void endIfSilent(Connection connection, Duration timeout) {
        try {
            set(connection, "idle_session_timeout", timeout.toMillis() + "ms");
        } catch (SQLException e) {
            throw SqlFailure.of("The time for which the relay may be silent could not be limited", e);
        }
    }

    /** Lets whatever the server does not answer in time fail; without a limit, a connection that is dead is waited for in vain. */
    static void limit(Connection connection, Duration timeout) {
        try {
            connection.setNetworkTimeout(Runnable::run, Math.toIntExact(timeout.toMillis()));
        } catch (SQLException e) {
            throw SqlFailure.of("The time to wait for answers could not be limited", e);
        }
    }

    /** Closes a connection that is given up, and ignores any failure. */
    static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            log.debug("A connection that is given up did not close cleanly", e);
        }
    }

    private Properties common(ConnectionDetails database) {
        // The driver lets the URL's parameters win; here they come first, and what the relay relies on after them.
        Properties properties = new Properties();
        properties.putAll(database.driverProperties());
        Properties inUrl = Driver.parseURL(database.url(), null);
        if (inUrl != null) {
            inUrl.stringPropertyNames().forEach(name -> properties.setProperty(name, inUrl.getProperty(name)));
        }
        if (database.username() != null) {
            PGProperty.USER.set(properties, database.username());
        }
        if (database.password() != null) {
            PGProperty.PASSWORD.set(properties, database.password());
        }
        PGProperty.CONNECT_TIMEOUT.set(properties, seconds(settings.connectTimeout()));
        // A server that stays silent counts as unreachable.
        PGProperty.SOCKET_TIMEOUT.set(properties, seconds(settings.connectTimeout()));
        PGProperty.TCP_KEEP_ALIVE.set(properties, true);
        PGProperty.APPLICATION_NAME.set(properties, "outbox-relay " + settings.slotName());
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, OLDEST_SERVER);
        return properties;
    }

    private Connection open(ConnectionDetails database, Properties properties) throws SQLException {
        Connection connection = new Driver().connect(database.address(), properties);
        if (connection == null) {
            throw new DatabaseSetupException(
                    "'" + database.address() + "' is not a JDBC URL of PostgreSQL",
                    "Set outbox.relay.url to one that begins with jdbc:postgresql:",
                    null);
        }
        try {
            // The driver has sent the JVM's time zone; timestamps shall arrive in UTC, in one known form.
            set(connection, "timezone", "UTC");
            // Limits that a database or role has for its applications: a first start waits for Kafka in a transaction.
            set(connection, "idle_in_transaction_session_timeout", "0");
            set(connection, "idle_session_timeout", "0");
            set(connection, "statement_timeout", "0");
            set(connection, "lock_timeout", "0");
            try (Statement statement = connection.createStatement()) {
                // From PostgreSQL 17 on.
                statement.execute(
                        "select set_config(name, '0', false) from pg_settings where name = 'transaction_timeout'");
            }
            limit(connection, settings.queryTimeout());
            return connection;
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private static void set(Connection connection, String parameter, String value) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("set " + parameter + " = '" + value + "'");
        }
    }

    /** Rounds up: the driver counts in whole seconds, and takes 0 for "without end". */
    private static int seconds(Duration duration) {
        return (int) Math.max(1, duration.toSeconds());
    }
}
