package dev.fullstate.outbox.store;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.springframework.jdbc.datasource.DriverManagerDataSource;

import dev.fullstate.outbox.contract.OutboxNames;
import dev.fullstate.outbox.contract.OutboxTable;
import dev.fullstate.outbox.harness.outbox.MigratedDatabase;
import dev.fullstate.outbox.harness.outbox.OutboxInsert;
import dev.fullstate.outbox.schema.OutboxSchema;
import dev.fullstate.outbox.test.PostgresServer;

import static org.awaitility.Awaitility.await;

/** A database with the outbox, and a role that owns nothing in it. The test plays the relay. */
public final class OutboxDatabase implements AutoCloseable {

    private final MigratedDatabase database;

    public OutboxDatabase(PostgresServer server) throws SQLException {
        this.database = MigratedDatabase.empty(server, "outbox");
        OutboxSchema.migrate(new Outbox(
                new DriverManagerDataSource(database.url(), server.username(), server.password()),
                OutboxNames.DEFAULT));
        execute("create role " + role() + " login password 'secret'");
        grant("insert on outbox");
        grant("usage on sequence outbox_seq");
        grant("select on outbox, outbox_relay, outbox_parked");
        grant("select, truncate on " + leaves());
    }

    private static String leaves() {
        return IntStream.range(0, OutboxTable.LEAF_COUNT)
                .mapToObj(OutboxNames.DEFAULT::leaf)
                .collect(Collectors.joining(", "));
    }

    /** Returns the role that owns nothing: the application's. */
    public String role() {
        return database.name() + "_app";
    }

    public void grant(String what) throws SQLException {
        execute("grant " + what + " to " + role());
    }

    public void revoke(String what) throws SQLException {
        execute("revoke " + what + " from " + role());
    }

    /** Returns the outbox as the application connects to it. */
    public Outbox application() {
        return new Outbox(new DriverManagerDataSource(database.url(), role(), "secret"), OutboxNames.DEFAULT);
    }

    /** Opens another connection of the application. */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection(database.url(), role(), "secret");
    }

    /** Opens another connection of the owner. */
    public Connection connectAsOwner() throws SQLException {
        return database.connect();
    }

    public void execute(String sql) throws SQLException {
        database.execute(sql);
    }

    public String query(String sql) throws SQLException {
        return database.query(sql);
    }

    /** Commits a row that was written so many days ago, to the leaf of that day. */
    public void insert(int daysAgo) throws SQLException {
        execute(OutboxInsert.row().inLeafOf(daysAgo).writtenDaysAgo(daysAgo).sql());
    }

    /** Writes a row to the leaf of a day, in the connection's transaction; returns its sequence. */
    public static long insert(Connection connection, int daysAgo, int writtenDaysAgo) throws SQLException {
        OutboxInsert insert = OutboxInsert.row().inLeafOf(daysAgo).writtenDaysAgo(writtenDaysAgo);
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(insert.sql() + " returning seq")) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Commits many rows that were written so many days ago, each in the leaf of that day. */
    public void insertMany(int daysAgo, int count) throws SQLException {
        execute(OutboxInsert.rows(count)
                .inLeafOf(daysAgo)
                .writtenDaysAgo(daysAgo)
                .sql());
    }

    /** Waits until the connections of the application have ended, which report their statistics when they end, and the server has counted. */
    public void awaitStatistics() throws SQLException {
        await().until(() -> query("select 1 from pg_stat_activity where usename = '" + role() + "'") == null);
        // PostgreSQL 14 counts later, in the order of the reports.
        String counted = "select seq_scan from pg_stat_user_tables where relname = 'outbox_relay'";
        String before = query(counted);
        query("select count(*) from outbox_relay");
        await().until(() -> !Objects.equals(query(counted), before));
    }

    /** Notes that a relay has published everything that is committed now. */
    public void notePublished(String pipeline) throws SQLException {
        notePublished(pipeline, query("select pg_current_snapshot()"));
    }

    /** Notes that a relay has published everything that a snapshot shows. */
    public void notePublished(String pipeline, String snapshot) throws SQLException {
        execute("""
                insert into outbox_relay (pipeline, slot_name, snapshot, published_lsn, system_identifier)
                select '%s', 'slot', '%s', pg_current_wal_lsn(), system_identifier from pg_control_system()
                on conflict (pipeline) do update set snapshot = excluded.snapshot, updated_at = clock_timestamp()
                """.formatted(pipeline, snapshot));
    }

    /** Returns for each row how many days ago its leaf's day was. */
    public List<Integer> days() throws SQLException {
        return database.strings("""
                        select mod(floor(extract(epoch from now()) / 86400)::bigint - bucket, 16)
                          from outbox order by 1 desc
                        """).stream().map(Integer::valueOf).toList();
    }

    @Override
    public void close() throws SQLException {
        database.close();
    }
}
