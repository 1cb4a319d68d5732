package dev.fullstate.outbox.relay.pgoutput;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;

import org.postgresql.PGConnection;
import org.postgresql.replication.PGReplicationStream;

import dev.fullstate.outbox.test.PostgresServer;

/**
 * Records what a real server's {@code pgoutput} writes for one statement after the other, as the test resource that
 * {@link MessageDecoderTest} reads. To be run by hand for a new server version; the argument is the file.
 */
final class MessageRecorder {

    private static final List<String> SET_UP = List.of(
            "create type mood as enum ('glad', 'sad')",
            "create table recorded (id int primary key, text text, number numeric, time timestamptz, bytes bytea, mood mood)",
            "create table dropped_column (a int, b int, c int)",
            "alter table dropped_column drop column b",
            "create publication recorded for all tables",
            "select pg_replication_origin_create('elsewhere')",
            "select pg_create_logical_replication_slot('text', 'pgoutput')",
            "select pg_create_logical_replication_slot('binary', 'pgoutput')");

    private static final List<String> RECORDED = List.of(
            "insert into recorded values (1, 'Grüße, 世界 🌍', 1.50, '2026-11-21 02:28:56.123456+00', '\\xdeadbeef', 'glad')",
            "insert into recorded values (2, null, null, null, null, null), (3, '', 0, 'infinity', '\\x', 'sad')",
            "insert into dropped_column values (1, 3)",
            "alter table dropped_column add column d text default 'd'",
            "insert into dropped_column values (1, 3, 'four')",
            // Incompressible, so that it is stored out of line and the update leaves it unchanged.
            "insert into recorded (id, text) select 4, string_agg(md5(n::text), '') from generate_series(1, 200) n",
            "update recorded set number = 2 where id = 4",
            "delete from recorded where id = 4",
            "truncate recorded",
            "select pg_logical_emit_message(true, 'prefix', 'content')",
            "select pg_replication_origin_session_setup('elsewhere')",
            "insert into recorded (id) values (5)");

    private MessageRecorder() {}

    public static void main(String... args) throws SQLException, IOException {
        try (PostgresServer server = PostgresServer.start()) {
            server.createDatabase("recorded");
            try (Connection connection = server.connect("recorded");
                    Statement statement = connection.createStatement()) {
                for (String sql : SET_UP) {
                    statement.execute(sql);
                }
                for (String sql : RECORDED) {
                    statement.execute(sql);
                }
            }
            List<String> lines = new ArrayList<>(record(server, "text", false));
            lines.addAll(record(server, "binary", true));
            Files.write(Path.of(args[0]), lines, StandardCharsets.US_ASCII);
        }
    }

    private static List<String> record(PostgresServer server, String slot, boolean binary) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", server.username());
        properties.setProperty("password", server.password());
        properties.setProperty("replication", "database");
        properties.setProperty("assumeMinServerVersion", "14");
        properties.setProperty("preferQueryMode", "simple");
        List<String> lines = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl("recorded"), properties);
                Statement statement = connection.createStatement()) {
            statement.execute("set time zone 'UTC'");
            PGReplicationStream stream = connection
                    .unwrap(PGConnection.class)
                    .getReplicationAPI()
                    .replicationStream()
                    .logical()
                    .withSlotName(slot)
                    .withSlotOption("proto_version", 1)
                    .withSlotOption("publication_names", "recorded")
                    .withSlotOption("messages", true)
                    .withSlotOption("binary", binary)
                    .start();
            // Each statement is a transaction of its own; the server sends none for the change of the table.
            int commits = 0;
            while (commits < RECORDED.size() - 2) {
                ByteBuffer message = stream.read();
                commits += message.get(message.position()) == 'C' ? 1 : 0;
                byte[] bytes = new byte[message.remaining()];
                message.get(bytes);
                lines.add(slot + " " + HexFormat.of().formatHex(bytes));
            }
        }
        return lines;
    }
}
