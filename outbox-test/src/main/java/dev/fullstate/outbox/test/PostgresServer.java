package dev.fullstate.outbox.test;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntSupplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real PostgreSQL server on 127.0.0.1, ready for logical replication, from the binaries of {@code io.zonky.test.postgres}:
 * version 18, or another one from 14 on whose binaries the build chooses.
 * It runs on Linux and macOS, as an ordinary user or as root; neither Docker nor an installation is needed.
 *
 * <p>The server is empty at the start and is removed by {@link #close()}. Text is UTF-8 and sorts by code point, whatever the
 * machine's locale. {@code synchronous_commit} is on and {@code fsync} off: a commit is visible and replicated as in production
 * but may not survive a crash of the machine. Connections need the password, as in production.
 *
 * <p>The server outlives the JVM by a moment at most. When the JVM ends without {@code close()}, even by SIGKILL, a guard
 * process sees it, stops the server and removes its files; only if the guard is killed as well does the server stay. Ctrl-C in
 * a terminal reaches neither of the two, so an application can close its connections first.
 *
 * <p>Any number of servers may run in one JVM. Instances may be shared between threads.
 */
public final class PostgresServer implements AutoCloseable {

    static final String PORT_PROPERTY = "outbox.test.postgres.port";

    private static final Logger log = LoggerFactory.getLogger(PostgresServer.class);

    private final int port;
    private final PostgresProcess process;

    private PostgresServer(int port, PostgresProcess process) {
        this.port = port;
        this.process = process;
    }

    /** {@return a server on any free port} */
    public static PostgresServer start() {
        return start(0, Map.of());
    }

    /**
     * Starts a server; returns when it accepts connections.
     *
     * @param port     0 for any free port
     * @param settings entries of {@code postgresql.conf} that add to the defaults or replace them
     * @throws ServicePortInUseException if the port is taken
     * @throws IllegalStateException     if the server does not start; the message has the server's output
     */
    public static PostgresServer start(int port, Map<String, String> settings) {
        return start(port, freePort -> PostgresProcess.start(freePort, settings));
    }

    /**
     * Starts a server with the files of another one: a restored backup, or a standby. Returns when it accepts connections, even if
     * these are read-only at first.
     *
     * @param settings entries of {@code postgresql.conf} that come after those of the files; those of {@code postgresql.auto.conf},
     *     which {@code ALTER SYSTEM} has written, come after these
     * @throws ServicePortInUseException if the port is taken
     * @throws IllegalStateException     if the server does not start; the message has the server's output
     */
    public static PostgresServer startOn(ClusterFiles files, int port, Map<String, String> settings) {
        return start(port, freePort -> PostgresProcess.startOn(files, freePort, settings));
    }

    private static PostgresServer start(int port, Function<IntSupplier, PostgresProcess> start) {
        long began = System.nanoTime();
        PostgresProcess process = start.apply(() -> LoopbackPort.free(port, "PostgreSQL", PORT_PROPERTY));
        Duration taken = Duration.ofNanos(System.nanoTime() - began);
        log.info("PostgreSQL listens on {}:{} after {} ms", LoopbackPort.HOST, process.port(), taken.toMillis());
        return new PostgresServer(process.port(), process);
    }

    /** {@return the port on 127.0.0.1} */
    public int port() {
        return port;
    }

    /** {@return the server's data directory, whose files are consistent while the server does not run} */
    public Path dataFolder() {
        return process.cluster();
    }

    /** {@return the server's major version: that of the binaries on the class path} */
    public int majorVersion() {
        return process.majorVersion();
    }

    /** {@return the name of the superuser, who may also replicate} */
    public String username() {
        return PostgresProcess.USERNAME;
    }

    /** {@return the superuser's password} */
    public String password() {
        return PostgresProcess.PASSWORD;
    }

    /** {@return the URL of the database that every server has, {@code postgres}} */
    public String jdbcUrl() {
        return jdbcUrl("postgres");
    }

    /** {@return the URL of a database, which need not exist yet} */
    public String jdbcUrl(String database) {
        return "jdbc:postgresql://%s:%d/%s".formatted(LoopbackPort.HOST, port, database);
    }

    /**
     * Creates an empty database, so that tests can share a server.
     *
     * @param name of the database, case-sensitive
     * @return the URL of the new database
     * @throws SQLException if a database of that name exists
     */
    public String createDatabase(String name) throws SQLException {
        try (Connection connection = connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("create database \"%s\"".formatted(name.replace("\"", "\"\"")));
        }
        return jdbcUrl(name);
    }

    /** {@return a new connection of the superuser, to be closed by the caller} */
    public Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(jdbcUrl(database), username(), password());
    }

    /**
     * Stops the server as an administrator does ({@code pg_ctl stop -m fast}): the server disconnects clients and waits
     * for replication clients. The files stay, for {@link #restart()}.
     *
     * @return whether the server has ended within the time; if not, it still waits for a replication client
     */
    public boolean stop(Duration timeout) {
        return process.stop("fast", timeout);
    }

    /**
     * Ends all of the server's processes without a checkpoint ({@code pg_ctl stop -m immediate}): the next start recovers the
     * committed data from the WAL.
     */
    public void stopImmediately() {
        if (!process.stop("immediate", Duration.ofMinutes(1))) {
            throw new IllegalStateException("PostgreSQL on port " + port + " did not stop at once");
        }
    }

    /** Ends all of the server's processes with SIGKILL. Committed data is there after {@link #restart()}. */
    public void kill() {
        process.kill();
    }

    /**
     * Starts the server again after it was stopped or killed, on the same port and with the same data; returns when it accepts
     * connections.
     *
     * @throws IllegalStateException if the server does not start; the message has the server's output
     */
    public void restart() {
        process.restart();
    }

    /**
     * Disconnects all clients, stops the server and removes its files. It takes about two seconds when a replication client keeps
     * the server waiting for its confirmation, and a fraction of that otherwise. Closing again has no effect.
     */
    @Override
    public void close() {
        process.close();
    }
}
