package dev.fullstate.outbox.test;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PostgresServerTest {

    private static PostgresServer server;

    @BeforeAll
    static void start() {
        server = PostgresServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** On an older server, tests for later versions are skipped; this one, that the server has the version of the build, is not. */
    @Test
    void isReadyForLogicalReplication() throws SQLException {
        String expected = System.getProperty("postgres.major", "18");
        try (Connection connection = server.connect("postgres")) {
            assertThat(query(connection, "show server_version")).startsWith(expected + ".");
            assertThat(server.majorVersion()).isEqualTo(Integer.parseInt(expected));
            assertThat(query(connection, "show wal_level")).isEqualTo("logical");
            assertThat(query(connection, "show synchronous_commit")).isEqualTo("on");
            assertThat(query(connection, "show listen_addresses")).isEqualTo("127.0.0.1");
            assertThat(query(connection, "select pg_create_logical_replication_slot('s', 'pgoutput') is not null"))
                    .isEqualTo("t");
        }
    }

    @Test
    void sortsByCodePointButKnowsUnicode() throws SQLException {
        try (Connection connection = server.connect("postgres")) {
            assertThat(query(connection, "select upper('ä') || (select min(x) from (values ('a'), ('B')) v(x))"))
                    .isEqualTo("ÄB");
        }
    }

    @Test
    void requiresThePassword() {
        assertThatThrownBy(() -> DriverManager.getConnection(server.jdbcUrl(), server.username(), "wrong"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("password authentication failed");
    }

    @Test
    void settingsTakeThePlaceOfDefaults() throws SQLException {
        Map<String, String> settings = Map.of("wal_level", "replica", "cluster_name", "it's mine");
        try (PostgresServer other = PostgresServer.start(0, settings);
                Connection connection = other.connect("postgres")) {
            assertThat(query(connection, "show wal_level")).isEqualTo("replica");
            assertThat(query(connection, "show cluster_name")).isEqualTo("it's mine");
        }
    }

    @Test
    void serversAreIndependentOfEachOther() throws SQLException {
        try (PostgresServer other = PostgresServer.start()) {
            String url = server.createDatabase("Orders \"2\"");
            try (Connection connection = server.connect("Orders \"2\"")) {
                assertThat(url).contains(":" + server.port() + "/");
                assertThat(query(connection, "select current_database()")).isEqualTo("Orders \"2\"");
            }
            try (Connection connection = other.connect("postgres")) {
                assertThat(query(connection, "select count(*) from pg_database where datname like 'Orders%'"))
                        .isEqualTo("0");
            }
        }
    }

    @Test
    void portInUseNamesServicePortAndProperty() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            assertThatThrownBy(() -> PostgresServer.start(taken.getLocalPort(), Map.of()))
                    .isInstanceOf(ServicePortInUseException.class)
                    .hasMessageContaining("PostgreSQL")
                    .hasMessageContaining(":" + taken.getLocalPort())
                    .hasMessageContaining("outbox.test.postgres.port");
        }
    }

    @Test
    void refusedSettingIsExplainedByTheServersOwnWords() {
        assertThatIllegalStateException()
                .isThrownBy(() -> PostgresServer.start(0, Map.of("wal_level", "none")))
                .withMessageContaining("invalid value for parameter \"wal_level\": \"none\"");
    }

    @Test
    void closesWithinSecondsWhileAReplicationClientConfirmsNothing() throws SQLException {
        PostgresServer closing = PostgresServer.start();
        try (Connection connection = closing.connect("postgres");
                Connection replication = replication(closing)) {
            replication
                    .unwrap(PGConnection.class)
                    .getReplicationAPI()
                    .replicationStream()
                    .logical()
                    .withSlotName(slot(connection))
                    .start();
            query(connection, "select pg_logical_emit_message(true, 'prefix', 'content')::text");

            long began = System.nanoTime();
            closing.close();

            // A fast shutdown that waits for the client takes a minute, at which pg_ctl gives up.
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(40));
            assertThat(connection.isValid(1)).isFalse();
        }
    }

    @Test
    void closingAgainHasNoEffect() {
        PostgresServer closed = PostgresServer.start();
        closed.close();
        assertThatCode(closed::close).doesNotThrowAnyException();
    }

    private static Connection replication(PostgresServer server) throws SQLException {
        Properties properties = new Properties();
        PGProperty.USER.set(properties, server.username());
        PGProperty.PASSWORD.set(properties, server.password());
        PGProperty.REPLICATION.set(properties, "database");
        PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "18");
        return DriverManager.getConnection(server.jdbcUrl(), properties);
    }

    private static String slot(Connection connection) throws SQLException {
        return query(connection, "select slot_name from pg_create_logical_replication_slot('slot', 'test_decoding')");
    }

    private static String query(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getString(1);
        }
    }
}
