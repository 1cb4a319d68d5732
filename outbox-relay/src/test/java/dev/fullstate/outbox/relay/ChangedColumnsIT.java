package dev.fullstate.outbox.relay;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.fullstate.outbox.contract.OutboxTable;
import dev.fullstate.outbox.harness.outbox.OutboxInsert;
import dev.fullstate.outbox.test.PublishedEvent;

import static org.assertj.core.api.Assertions.assertThat;

/** Adds, drops and renames columns while rows are written: the stream has each row as the table was when it was written. */
class ChangedColumnsIT extends RelayIntegrationTest {

    private static final String ALL =
            "insert into outbox (seq, id, aggregatetype, aggregateid, type, payload, source, time,"
                    + " dataschema, changeid, entityversion, operation, republishid, traceparent, tracestate, extensions, created_at)"
                    + " values (nextval('outbox_seq'), gen_random_uuid(), 'order', 'a', 'T', '%s', 'urn:test', '2026-11-21 02:28:56+00',"
                    + " 'urn:schema', gen_random_uuid(), 7, 'update', gen_random_uuid(), 'parent', 'state', '{\"own\":\"1\"}',"
                    + " '2026-11-21 02:28:57+00')";

    private SteppedRelay relay;

    @BeforeEach
    void stream() {
        relay = SteppedRelay.of(database);
        relay.stepUntil(RelayState.STREAMING);
    }

    @AfterEach
    void end() {
        relay.close();
    }

    private void restart() {
        relay.close();
        relay = SteppedRelay.of(database);
    }

    @Test
    void columnAddedInTheMiddleOfATransactionChangesNothing() throws SQLException {
        database.execute("begin; " + OutboxInsert.row().payload("1").sql()
                + "; alter table outbox add column added text default 'x'; "
                + OutboxInsert.row().payload("2").sql() + "; commit");
        database.execute("alter table outbox drop column added; "
                + OutboxInsert.row().payload("3").sql());
        relay.stepUntil(topic, 3);
        assertThat(published()).containsExactly("1", "2", "3");
    }

    /** Renames each column once, while the relay runs, is restarted, or both. */
    @Test
    void rowsWrittenWhileAColumnHadAnotherNameArePublishedWithTheColumn() throws SQLException {
        List<String> expected = new ArrayList<>();
        int turn = 0;
        for (String column : OutboxTable.PUBLISHED_COLUMNS) {
            boolean live = turn % 3 != 0;
            boolean restarted = turn++ % 3 != 1;
            database.execute("alter table outbox rename column " + column + " to other");
            database.execute(ALL.formatted(column).replaceFirst("\\b" + column + "\\b", "other"));
            expected.add(column);
            if (live && !column.startsWith("trace")) {
                relay.stepUntil(RelayState.RETRYING);
                assertThat(relay.problem().message()).contains("the table lacks the columns [" + column + "]");
                assertThat(relay.problem().remedy()).startsWith("ALTER TABLE public.outbox ADD COLUMN " + column);
            }
            if (restarted) {
                restart();
            }
            database.execute("alter table outbox rename column other to " + column);
            database.execute(OutboxInsert.row().payload("after"));
            expected.add("after");
            relay.stepUntil(topic, expected.size());
        }
        assertThat(published()).isEqualTo(expected);
        for (PublishedEvent event : topic.all()) {
            if (!event.data().equals("after")) {
                Map<String, String> headers = event.headers();
                assertThat(headers)
                        .as(event.data())
                        .containsEntry("ce_time", "2026-11-21T02:28:56Z")
                        .containsEntry("ce_recordedtime", "2026-11-21T02:28:57Z")
                        .containsEntry("ce_dataschema", "urn:schema")
                        .containsEntry("ce_entityversion", "7")
                        .containsEntry("ce_own", "1")
                        .containsKeys("ce_id", "ce_changeid", "ce_republishid", "ce_sequence");
            }
        }
    }

    /** The values of a dropped column are lost, so people give new ones; the relay shows where, until no row lacks one. */
    @ParameterizedTest
    @CsvSource({"payload, '''new'''", "aggregateid, '''a'''", "changeid, gen_random_uuid()", "operation, '''update'''"})
    void droppedColumnIsRestoredByTheStatementsThatTheRelayShows(String column, String value) throws SQLException {
        database.execute(OutboxInsert.row().payload("before"));
        database.execute("alter table outbox drop column " + column);
        database.execute(OutboxInsert.row().payload("while").without(column));
        database.execute(OutboxInsert.row().payload("deleted").without(column));
        relay.stepUntil(RelayState.RETRYING);
        restart();
        relay.stepUntil(RelayState.RETRYING);
        assertThat(relay.problem().remedy()).startsWith("ALTER TABLE public.outbox ADD COLUMN " + column);
        database.execute(relay.problem().remedy());

        relay.stepUntil(() ->
                relay.state() == RelayState.RETRYING && relay.problem().remedy().startsWith("UPDATE"));
        String remedy = relay.problem().remedy();
        database.execute(remedy.substring(0, remedy.indexOf(';')).replace("...", value));
        relay.stepUntil(topic, 2);
        relay.stepUntil(RelayState.RETRYING);
        remedy = relay.problem().remedy();
        database.execute(remedy.substring(remedy.indexOf("DELETE")));
        database.execute(OutboxInsert.row().payload("after"));
        relay.stepUntil(topic, 3);
        assertThat(published()).startsWith("before").endsWith("after");
        assertThat(published().get(1)).isEqualTo(column.equals("payload") ? "new" : "while");
    }

    /** The relay finds a row without its keys by its other values; to consumers, an event with a new id is a new event. */
    @ParameterizedTest
    @CsvSource({"true, false", "false, true", "true, true"})
    void rowsWhoseKeysWereDroppedAreFound(boolean seq, boolean id) throws SQLException {
        database.execute(OutboxInsert.row().payload("before"));
        relay.stepUntil(topic, 1);
        database.execute(
                (seq ? "alter table outbox drop column seq;" : "") + (id ? "alter table outbox drop column id;" : ""));
        String insert = id
                ? OutboxInsert.row().payload("%s").without("id").sql()
                : OutboxInsert.row().payload("%s").sql();
        database.execute("begin; " + insert.formatted("1") + "; " + insert.formatted("2") + "; commit");
        database.execute(insert.formatted("3"));
        relay.stepUntil(RelayState.RETRYING);
        database.execute((seq ? "alter table outbox add column seq bigint not null default nextval('outbox_seq');" : "")
                + (id ? "alter table outbox add column id uuid not null default gen_random_uuid();" : ""));
        database.execute(OutboxInsert.row().payload("after"));
        relay.stepUntil(() -> published().contains("after"));
        // A row that Kafka has under its old id is another row under its new one, if it is young enough to be searched
        // for.
        assertThat(id ? published().stream().distinct() : published().stream())
                .containsExactly("before", "1", "2", "3", "after");
        List<String> ids =
                topic.all().stream().map(event -> event.headers().get("ce_id")).toList();
        assertThat(ids).doesNotHaveDuplicates().doesNotContainNull();
    }

    @Test
    void rowsWithoutTheTraceColumnsArePublished() throws SQLException {
        database.execute("alter table outbox drop column traceparent, drop column tracestate");
        database.execute(OutboxInsert.row().payload("1"));
        relay.stepUntil(topic, 1);
    }

    @Test
    void columnRenamedWithinATransactionIsFoundForTheRowsInBetween() throws SQLException {
        try (Connection other = database.connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute(OutboxInsert.row().payload("1").sql());
            statement.execute("alter table outbox rename column payload to other");
            statement.execute(OutboxInsert.row().payload("2").sql().replace("payload", "other"));
            statement.execute("alter table outbox rename column other to payload");
            statement.execute(OutboxInsert.row().payload("3").sql());
            other.commit();
        }
        relay.stepUntil(topic, 3);
        assertThat(published()).containsExactly("1", "2", "3");
    }
}
