package dev.fullstate.outbox.benchmarks.load;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.fullstate.outbox.benchmarks.server.DatabaseServer;
import dev.fullstate.outbox.benchmarks.server.OutboxDatabase;

import static org.assertj.core.api.Assertions.assertThat;

/** Shows that the limit inserts all kept rows, once: a limit that does less than the job makes the job look slow. */
class ReadyRowsIT {

    private static final int ROWS = 25;
    private static final String CONTENT = "select count(distinct (%1$s)) from (select %1$s from outbox) as rows"
            .formatted(
                    "id, aggregatetype, aggregateid, type, payload, source, time, changeid, entityversion, operation");

    private static DatabaseServer databases;

    @BeforeAll
    static void startDatabaseServer() {
        databases = new DatabaseServer();
    }

    @AfterAll
    static void stopDatabaseServer() {
        databases.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10, ROWS, 100})
    void everyRowIsInsertedOnceInTransactionsOfTheGivenSize(int rowsPerTransaction) throws Exception {
        try (OutboxDatabase database = databases.newDatabase("ready")) {
            new Backlog(ROWS, 5, 10, 200).fill(database);
            ReadyRows rows = ReadyRows.keep(database);

            assertThat(rows.count()).isEqualTo(ROWS);
            assertThat(rows.insert(rowsPerTransaction)).isPositive();

            assertThat(database.number("select count(*) from outbox")).isEqualTo(2 * ROWS);
            assertThat(database.number(CONTENT)).isEqualTo(ROWS);
            assertThat(database.number("select count(distinct xid) from outbox where seq > " + ROWS))
                    .isEqualTo((ROWS + rowsPerTransaction - 1) / rowsPerTransaction);
        }
    }

    @Test
    void rowsAreInsertedInTheirOrder() throws Exception {
        try (OutboxDatabase database = databases.newDatabase("ready")) {
            new Backlog(ROWS, 5, 10, 200).fill(database);
            ReadyRows.keep(database).insert(10);

            assertThat(database.number(
                            "select count(*) from outbox as one join outbox as other on other.seq = one.seq + " + ROWS
                                    + " and other.id = one.id"))
                    .isEqualTo(ROWS);
        }
    }
}
