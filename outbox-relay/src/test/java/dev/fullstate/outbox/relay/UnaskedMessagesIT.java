package dev.fullstate.outbox.relay;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.fullstate.outbox.harness.outbox.OutboxInsert;
import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.test.PostgresServer;
import dev.fullstate.outbox.test.PublishedEvents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

/** Has the server send messages between the rows of the outbox that no relay asks for: the relay goes on, and the WAL is released. */
class UnaskedMessagesIT extends RelayIntegrationTest {

    static Stream<Arguments> interludes() {
        String big = "insert into other select g, repeat('x', 200) from generate_series(1, 5000) g";
        String rows =
                OutboxInsert.rows(2000).with("payload", "repeat('x', 200)").sql();
        String row = OutboxInsert.row().with("payload", "repeat('x', 200)").sql();
        String small = "insert into other values (0, 'x')";
        return Stream.of(
                // PostgreSQL 18 sends an A for each subtransaction.
                argumentSet(
                        "large rollback after a released savepoint",
                        "begin; savepoint a; insert into other values (0, 'x'); release savepoint a; " + big
                                + "; rollback"),
                argumentSet(
                        "large rollback of rows of the outbox after a released savepoint",
                        "begin; savepoint a; " + row + "; release savepoint a; " + rows + "; rollback"),
                argumentSet(
                        "large rollback after a savepoint that was rolled back, and one in another",
                        "begin; savepoint a; savepoint b; " + big + "; release b; rollback to a; savepoint c; " + row
                                + "; release c; " + big + "; rollback"),
                argumentSet(
                        "large transaction that has rolled back to a savepoint, and committed",
                        "begin; savepoint a; " + row + "; rollback to a; savepoint b; " + small + "; release b; " + big
                                + "; commit"),
                argumentSet("large rollback without a savepoint", "begin; " + rows + "; rollback"),
                argumentSet(
                        "rolled back change of the outbox",
                        "begin; alter table outbox add column added text; " + rows + "; rollback"),
                argumentSet("message in a transaction", "select pg_logical_emit_message(true, 'prefix', 'content')"),
                argumentSet("message outside of one", "select pg_logical_emit_message(false, 'prefix', 'content')"),
                argumentSet(
                        "transaction with an origin",
                        "select pg_replication_origin_create(current_database());"
                                + " select pg_replication_origin_session_setup(current_database());"
                                + " begin; select pg_replication_origin_xact_setup('0/1234', now()); insert into other"
                                + " values (1, 'x'); commit; select pg_replication_origin_session_reset();"
                                + " select pg_replication_origin_drop(current_database())"),
                argumentSet("truncated leaf", "truncate outbox_07, other"),
                argumentSet("updated row, deleted row", "update outbox set payload = '0'; delete from outbox"),
                argumentSet(
                        "type that is used, and changed",
                        "create type mood as enum ('glad'); alter table outbox add column mood mood;"
                                + " alter type mood add value 'sad'"),
                argumentSet(
                        "column of a kind that is not sent",
                        "alter table outbox add column length int generated always as (length(payload)) stored"),
                argumentSet(
                        "index, statistics, comment",
                        "create index on outbox (type); analyze outbox; comment on table outbox is '?'"),
                argumentSet(
                        "leaf taken off and put back",
                        "alter table outbox detach partition outbox_07; alter table"
                                + " outbox_07 add column more int; alter table outbox_07 drop column more; alter table outbox attach"
                                + " partition outbox_07 for values in (7)"));
    }

    @ParameterizedTest
    @MethodSource("interludes")
    void rowsBeforeAndAfterAnUnaskedMessageArePublishedAndConfirmed(String sql) throws SQLException {
        prepare(database);
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
        }
        database.insert("a", "1");
        database.execute(sql);
        database.insert("a", "2");
        Lsn written = database.walPosition();
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(topic, 2);
            relay.stepUntil(() -> {
                relay.moveTime(Duration.ofSeconds(1));
                return !written.isAfter(database.confirmed());
            });
            assertThat(relay.state()).isEqualTo(RelayState.STREAMING);
        }
        assertThat(published()).containsExactly("1", "2");
    }

    private static void prepare(OutboxDatabase database) throws SQLException {
        database.execute("create table other (n int, text text)");
        // The smallest value that the server accepts, so that small transactions count as large.
        database.execute("alter database " + database.name() + " set logical_decoding_work_mem = '64kB'");
    }

    @Test
    void preparedTransactionsArePublishedWhenTheyAreCommitted() throws SQLException {
        try (PostgresServer server = PostgresServer.start(0, Map.of("max_prepared_transactions", "10"));
                OutboxDatabase prepared = OutboxDatabase.migrated(server);
                PublishedEvents events = PublishedEvents.of(
                        SharedServers.kafka().bootstrapServers(), SteppedRelay.topic(prepared, "order"))) {
            String insert = OutboxInsert.row().payload("%s").sql();
            try (SteppedRelay relay = SteppedRelay.of(prepared)) {
                relay.stepUntil(RelayState.STREAMING);
                prepared.execute("begin; " + insert.formatted("rolled back") + "; prepare transaction 'one'");
                prepared.execute("begin; " + insert.formatted("late") + "; prepare transaction 'two'");
                prepared.execute(insert.formatted("early"));
                relay.stepUntil(events, 1);
                prepared.execute("rollback prepared 'one'");
                prepared.execute("commit prepared 'two'");
                relay.stepUntil(events, 2);
            }
            assertThat(events.all()).extracting(event -> event.data()).containsExactly("early", "late");
        }
    }

    @Test
    void slotThatSendsPreparedTransactionsBeforeTheirCommitIsRefused() throws SQLException {
        database.query("select pg_create_logical_replication_slot('" + database.name() + "', 'pgoutput', false, true)");
        database.insert("a", "1");
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.RETRYING);
            assertThat(relay.problem().message()).contains("was made with two_phase");
            database.execute(relay.problem().remedy());
            relay.stepUntil(topic, 1);
        }
    }
}
