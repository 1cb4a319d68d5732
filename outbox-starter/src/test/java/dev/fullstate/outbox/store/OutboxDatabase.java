package dev.fullstate.outbox.store;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import javax.sql.DataSource;

import org.springframework.jdbc.datasource.DriverManagerDataSource;

import dev.fullstate.outbox.contract.OutboxNames;
import dev.fullstate.outbox.contract.OutboxTable;
import dev.fullstate.outbox.schema.OutboxSchema;
import dev.fullstate.outbox.test.PostgresServer;

import static org.awaitility.Awaitility.await;

/** A database with the outbox, and a role that owns nothing in it. The test plays the relay. */
public final class OutboxDatabase implements AutoCloseable {

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final PostgresServer server;
    private final String name;
    private final Connection owner;

    public OutboxDatabase(PostgresServer server) throws SQLException {
        this.server = server;
        this.name = "outbox_" + COUNT.incrementAndGet();
        DataSource dataSource =
                new DriverManagerDataSource(server.createDatabase(name), server.username(), server.password());
        OutboxSchema.migrate(new Outbox(dataSource, OutboxNames.DEFAULT));
        this.owner = server.connect(name);
        execute("create role " + role() + " login password 'secret'");
        grant("insert on outbox");
        grant("usage on sequence outbox_seq");
        grant("select on outbox, outbox_relay");
        grant("select, truncate on " + leaves());
    }

    private static String leaves() {
        return IntStream.range(0, OutboxTable.LEAF_COUNT)
                .mapToObj(OutboxNames.DEFAULT::leaf)
                .collect(Collectors.joining(", "));
    }

    /** The role that owns nothing: the application's. */
    public String role() {
        return name + "_app";
    }

    public void grant(String what) throws SQLException {
        execute("grant " + what + " to " + role());
    }

    public void revoke(String what) throws SQLException {
        execute("revoke " + what + " from " + role());
    }

    /** As the application connects. */
    public Outbox application() {
        return new Outbox(new DriverManagerDataSource(server.jdbcUrl(name), role(), "secret"), OutboxNames.DEFAULT);
    }

    /** Another connection of the application. */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection(server.jdbcUrl(name), role(), "secret");
    }

    /** Another connection of the owner. */
    public Connection connectAsOwner() throws SQLException {
        return server.connect(name);
    }

    public void execute(String sql) throws SQLException {
        try (Statement statement = owner.createStatement()) {
            statement.execute(sql);
        }
    }

    public String query(String sql) throws SQLException {
        try (Statement statement = owner.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.next() ? rows.getString(1) : null;
        }
    }

    /** Commits a row that was written so many days ago, to the leaf of that day. */
    public void insert(int daysAgo) throws SQLException {
        insert(owner, daysAgo, daysAgo);
    }

    /** Writes a row to the leaf of a day, in the connection's transaction; returns its sequence. */
    public static long insert(Connection connection, int daysAgo, int writtenDaysAgo) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                insert into outbox (id, aggregatetype, aggregateid, type, payload, source, changeid, operation, bucket, created_at)
                values (?, 'order', 'a', 'T', '{}', 'urn:test', ?, 'update',
                        mod(floor(extract(epoch from now()) / 86400)::bigint - ?, 16),
                        clock_timestamp() - ? * interval '1 day')
                returning seq
                """)) {
            statement.setObject(1, UUID.randomUUID());
            statement.setObject(2, UUID.randomUUID());
            statement.setInt(3, daysAgo);
            statement.setInt(4, writtenDaysAgo);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /** Commits many rows that were written so many days ago, each in the leaf of that day. */
    public void insertMany(int daysAgo, int count) throws SQLException {
        execute("""
                insert into outbox (id, aggregatetype, aggregateid, type, payload, source, changeid, operation, bucket, created_at)
                select gen_random_uuid(), 'order', 'a', 'T', '{}', 'urn:test', gen_random_uuid(), 'update',
                       mod(floor(extract(epoch from now()) / 86400)::bigint - %1$d, 16), now() - %1$d * interval '1 day'
                  from generate_series(1, %2$d)
                """.formatted(daysAgo, count));
    }

    /** Until the connections of the application have ended, which report what they have done when they do. */
    public void awaitStatistics() {
        await().until(() -> query("select 1 from pg_stat_activity where usename = '" + role() + "'") == null);
    }

    /** A relay has published everything that is committed now. */
    public void published(String pipeline) throws SQLException {
        published(pipeline, query("select pg_current_snapshot()"));
    }

    /** A relay has published everything that a snapshot shows. */
    public void published(String pipeline, String snapshot) throws SQLException {
        execute("""
                insert into outbox_relay (pipeline, slot_name, snapshot, published_lsn, system_identifier)
                select '%s', 'slot', '%s', pg_current_wal_lsn(), system_identifier from pg_control_system()
                on conflict (pipeline) do update set snapshot = excluded.snapshot, updated_at = clock_timestamp()
                """.formatted(pipeline, snapshot));
    }

    /** The days ago of the rows that there are. */
    public List<Integer> days() throws SQLException {
        List<Integer> days = new ArrayList<>();
        try (Statement statement = owner.createStatement();
                ResultSet rows = statement.executeQuery("""
                        select mod(floor(extract(epoch from now()) / 86400)::bigint - bucket, 16)
                          from outbox order by 1 desc
                        """)) {
            while (rows.next()) {
                days.add(rows.getInt(1));
            }
        }
        return days;
    }

    @Override
    public void close() throws SQLException {
        owner.close();
    }
}
