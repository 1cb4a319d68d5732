package dev.fullstate.outbox.test;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** After each way to end the server, it has the committed rows and no others. */
class PostgresRestartTest {

    @Test
    void committedRowsSurviveEachWayToEndTheServer() throws SQLException {
        try (PostgresServer server = PostgresServer.start(0, Map.of())) {
            execute(server, "create table numbers (number integer)");
            int number = 0;
            for (Consumer<PostgresServer> end : List.<Consumer<PostgresServer>>of(
                    PostgresServer::kill,
                    PostgresServer::stopImmediately,
                    fast -> assertThat(fast.stop(Duration.ofMinutes(2))).isTrue())) {
                execute(server, "insert into numbers values (" + ++number + ")");
                try (Connection open = server.connect("postgres")) {
                    open.setAutoCommit(false);
                    execute(open, "insert into numbers values (0)");
                    end.accept(server);
                    assertThatThrownBy(open::commit).isInstanceOf(SQLException.class);
                }
                assertThatThrownBy(() -> server.connect("postgres")).isInstanceOf(SQLException.class);

                server.restart();

                assertThat(numbers(server)).isEqualTo("1,2,3".substring(0, 2 * number - 1));
            }
        }
    }

    private static void execute(PostgresServer server, String sql) throws SQLException {
        try (Connection connection = server.connect("postgres")) {
            execute(connection, sql);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String numbers(PostgresServer server) throws SQLException {
        try (Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("select string_agg(number::text, ',' order by number) from numbers")) {
            row.next();
            return row.getString(1);
        }
    }
}
