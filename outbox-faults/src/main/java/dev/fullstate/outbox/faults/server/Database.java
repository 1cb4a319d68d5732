package dev.fullstate.outbox.faults.server;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.fullstate.outbox.faults.network.Link;
import dev.fullstate.outbox.harness.server.Ports;
import dev.fullstate.outbox.test.PostgresServer;

/**
 * PostgreSQL, with an address for the harness and another for the relay. Checkpoints are rare, so that after a crash there is
 * something to recover.
 */
public final class Database implements AutoCloseable {

    private static final String ARCHIVE = "archive";

    static final Map<String, String> SETTINGS = Map.of(
            "max_wal_senders", "32",
            "max_replication_slots", "64",
            "max_connections", "200",
            "checkpoint_timeout", "1h");

    /** No process can listen there. */
    private static final int NOWHERE = 0;

    private final List<PostgresServer> servers = new CopyOnWriteArrayList<>();
    /** The primary: one of {@code servers}. */
    private volatile PostgresServer server;

    /** The links that lead to the server, or that led or will lead to another one. */
    private volatile Link link;

    /** The link that {@code link} is exchanged with at a failover. */
    private volatile Link otherLink;

    public Database() {
        this(Map.of());
    }

    /** @param settings in addition to the harness's own */
    public Database(Map<String, String> settings) {
        Map<String, String> all = new LinkedHashMap<>(SETTINGS);
        all.putAll(settings);
        server = PostgresServer.start(Ports.free(), all);
        servers.add(server);
        link = Link.to("postgres", server.port());
        otherLink = Link.to("postgres-other", NOWHERE);
    }

    /** Starts a database whose WAL is archived in {@link #archive()}. */
    public static Database archiving() {
        return archiving(Map.of());
    }

    /**
     * Starts a database whose WAL is archived in {@link #archive()}.
     *
     * @param settings in addition to the harness's own
     */
    public static Database archiving(Map<String, String> settings) {
        Map<String, String> all = new LinkedHashMap<>(settings);
        all.put("archive_mode", "on");
        all.put("archive_command", "mkdir -p ../" + ARCHIVE + " && cp %p ../" + ARCHIVE + "/%f");
        return new Database(all);
    }

    public PostgresServer server() {
        return server;
    }

    /** Takes over a server that is to be closed with this database, since it may take its place. */
    public void own(PostgresServer other) {
        if (!servers.contains(other)) {
            servers.add(other);
        }
    }

    /**
     * Makes another server the database: a promoted standby, a restored backup, or the former one. The relay reaches none until
     * {@link #letRelayFollow()}.
     */
    public void become(PostgresServer other) {
        own(other);
        link.redirect(NOWHERE);
        server = other;
    }

    /** Switches the relay's two addresses: the other one leads to a server from now on, which is {@link #server()}. */
    public void letRelayFollow() {
        Link left = link;
        otherLink.redirect(server.port());
        link = otherLink;
        otherLink = left;
    }

    /** {@return where the server archives its WAL} */
    public Path archive() {
        return server.dataFolder().resolveSibling(ARCHIVE);
    }

    /** Names a point in the WAL; returns when everything up to it is archived. */
    public void createRestorePoint(String name) {
        Administrator administrator = new Administrator(server);
        administrator.query("select pg_create_restore_point('" + name + "')");
        String segment = administrator.query("select pg_walfile_name(pg_switch_wal())");
        administrator.await("last_archived_wal >= '" + segment + "' from pg_stat_archiver");
    }

    /** Writes WAL, with nothing in it, until it ends after a position. */
    public void writeWalBeyond(String lsn) {
        new Administrator(server)
                .await(
                        "pg_current_wal_insert_lsn() > '" + lsn + "'",
                        () -> new Administrator(server)
                                .execute(
                                        "select pg_logical_emit_message(false, 'faults', '')",
                                        "select pg_switch_wal()"));
    }

    /** {@return the link between the relay and the database} */
    public Link link() {
        return link;
    }

    String url(String database) {
        return server.jdbcUrl(database);
    }

    String urlOfRelay(String database) {
        return url("127.0.0.1:%d,127.0.0.1:%d".formatted(link.port(), otherLink.port()), database)
                + "&targetServerType=primary";
    }

    String urlThrough(Link itsLink, String database) {
        return url("127.0.0.1:" + itsLink.port(), database);
    }

    private static String url(String addresses, String database) {
        // Without TLS the first bytes show whether a connection is for replication.
        return "jdbc:postgresql://%s/%s?sslmode=disable".formatted(addresses, database);
    }

    /** {@return a connection that sends a batch of inserts as one statement} */
    Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(
                url(database) + "?reWriteBatchedInserts=true", server.username(), server.password());
    }

    @Override
    public void close() {
        link.close();
        otherLink.close();
        servers.forEach(PostgresServer::close);
    }
}
