package dev.fullstate.outbox.test;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A slot that the test itself moves stands for a relay's. */
class RelayPositionTest {

    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    private static PostgresServer postgres;

    @BeforeAll
    static void startPostgres() {
        postgres = PostgresServer.start();
    }

    @AfterAll
    static void stopPostgres() {
        postgres.close();
    }

    @Test
    void waitsUntilTheSlotHasPassedWhatWasCommitted() throws Exception {
        execute("select pg_create_logical_replication_slot('moved', 'pgoutput')", "create table written (id int)");
        RelayPosition relay = position("moved");

        assertThatThrownBy(() -> relay.awaitEverythingCommitted(Duration.ofMillis(100)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("slot 'moved'")
                .hasMessageContaining("outbox.relay.enabled");
        CompletableFuture<Void> waiting = CompletableFuture.runAsync(() -> relay.awaitEverythingCommitted(TIMEOUT));
        while (!waiting.isDone()) {
            execute(
                    "select pg_replication_slot_advance('moved', pg_current_wal_flush_lsn())",
                    "insert into written values (1)");
        }

        assertThatCode(waiting::join).doesNotThrowAnyException();
    }

    @Test
    void slotOfAnotherNameIsNotThatOfTheRelay() throws Exception {
        execute("select pg_create_logical_replication_slot('other', 'pgoutput')");

        assertThat(position("none"))
                .satisfies(relay -> assertThatThrownBy(() -> relay.awaitEverythingCommitted(Duration.ofMillis(50)))
                        .isInstanceOf(AssertionError.class)
                        .hasMessageContaining("slot 'none'"));
    }

    private static RelayPosition position(String slot) {
        return new RelayPosition(postgres.jdbcUrl(), postgres.username(), postgres.password(), slot);
    }

    private static void execute(String... statements) throws SQLException {
        try (Connection connection = postgres.connect("postgres");
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
