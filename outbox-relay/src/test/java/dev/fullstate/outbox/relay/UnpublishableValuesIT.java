package dev.fullstate.outbox.relay;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.util.PSQLException;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.fullstate.outbox.harness.outbox.OutboxInsert;
import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.relay.failure.FailureKind;
import dev.fullstate.outbox.relay.publish.PublisherSettings.Delivery;
import dev.fullstate.outbox.relay.wal.Source;
import dev.fullstate.outbox.test.PostgresServer;
import dev.fullstate.outbox.test.PublishedEvent;
import dev.fullstate.outbox.test.PublishedEvents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Shows that each value that SQL can write is published, parked or kept out of the table, that it stops no other aggregate, and that people
 * can correct or delete it.
 */
@ExtendWith(OutputCaptureExtension.class)
class UnpublishableValuesIT extends RelayIntegrationTest {

    /** A value of one column, as SQL, and the one that it can be corrected to. */
    record Value(String column, String sql, String correction) {

        @Override
        public String toString() {
            return column + " = " + sql;
        }
    }

    static List<Value> unpublishable() {
        return List.of(
                new Value("seq", "-1", "nextval('outbox_seq')"),
                new Value("aggregatetype", "'two words'", "'order'"),
                new Value("aggregatetype", "repeat('x', 250)", "'order'"),
                new Value("aggregatetype", "'orders/eu'", "'order'"),
                new Value("aggregatetype", "repeat('x', 201)", "'order'"),
                // Longer than an entry of an index may be, and not made shorter by compression.
                new Value(
                        "aggregatetype",
                        "(select string_agg(md5(n::text), '') from generate_series(1, 300) as n)",
                        "'order'"),
                new Value("aggregatetype", "'.'", "'order'"),
                new Value("aggregatetype", "'..'", "'order'"),
                new Value("aggregatetype", "''", "'order'"),
                new Value("aggregatetype", "null", "'order'"),
                new Value("aggregateid", "null", "'a'"),
                new Value("aggregateid", "''", "'a'"),
                new Value("id", "null", "gen_random_uuid()"),
                new Value("type", "null", "'T'"),
                new Value("type", "''", "'T'"),
                new Value("source", "null", "'urn:test'"),
                new Value("source", "''", "'urn:test'"),
                new Value("changeid", "null", "gen_random_uuid()"),
                new Value("operation", "'upsert'", "'create'"),
                new Value("operation", "''", "'create'"),
                new Value("operation", "null", "'create'"),
                new Value("operation", "'delete'", "'create'"),
                new Value("payload", "null", "'[]'"),
                new Value("time", "'infinity'", "now()"),
                new Value("time", "'-infinity'", "now()"),
                new Value("time", "'10000-01-01 00:00:00+00'", "null"),
                new Value("time", "'20000-01-01 00:00:00+00'", "now()"),
                new Value("time", "'294276-12-31 23:59:59+00'", "now()"),
                new Value("time", "'0044-03-15 12:00:00+00 BC'", "now()"),
                new Value("created_at", "'infinity'", "now()"),
                new Value("created_at", "'-infinity'", "now()"),
                new Value("created_at", "'4713-01-01 00:00:00+00 BC'", "now()"),
                new Value("created_at", "'10000-01-01 00:00:00+00'", "now()"),
                new Value("created_at", "null", "now()"),
                new Value("extensions", "'no json'", "null"),
                new Value("extensions", "'{\"a\":\"b\"} more'", "'{\"a\":\"b\"}'"),
                new Value("extensions", "''", "null"),
                new Value("extensions", "'\"a\"'", "null"),
                new Value("extensions", "'[\"a\"]'", "null"),
                new Value("extensions", "'{\"a\":{\"b\":\"c\"}}'", "'{\"a\":\"b\"}'"),
                new Value("extensions", "'{\"a\":[\"b\"]}'", "'{\"a\":\"b\"}'"),
                new Value("extensions", "'{\"a\":\"\\u0000\"}'", "'{\"a\":\"b\"}'"),
                new Value("extensions", "'{\"a\":\"\\ud800\"}'", "'{\"a\":\"b\"}'"),
                new Value("extensions", "'{\"A\":\"b\"}'", "'{\"a\":\"b\"}'"),
                new Value("extensions", "'{\"a-b\":\"c\"}'", "'{\"a\":\"b\"}'"),
                new Value("extensions", "'{\"\":\"b\"}'", "'{}'"));
    }

    private static Stream<Value> unusual() {
        List<Value> values = new ArrayList<>();
        values.add(new Value("seq", "0", ""));
        values.add(new Value("seq", "9223372036854775807", ""));
        for (String text : List.of("aggregateid", "type", "payload", "traceparent", "tracestate")) {
            values.add(new Value(text, "e'\\001\\n\\t\\u0085 \\U0001F30D'", ""));
        }
        for (String text :
                List.of("aggregateid", "type", "source", "payload", "dataschema", "traceparent", "tracestate")) {
            values.add(new Value(text, "repeat('x', 100000)", ""));
        }
        for (String text : List.of("payload", "dataschema", "traceparent", "tracestate")) {
            values.add(new Value(text, "''", ""));
        }
        values.add(new Value("payload", "'no json'", ""));
        values.add(new Value("aggregatetype", "repeat('x', 200)", ""));
        values.add(new Value("id", "'00000000-0000-0000-0000-000000000000'", ""));
        values.add(new Value("entityversion", "-9223372036854775808", ""));
        values.add(new Value("entityversion", "null", ""));
        values.add(new Value("time", "null", ""));
        values.add(new Value("time", "'0001-01-01 00:00:00+00'", ""));
        values.add(new Value("time", "'9999-12-31 23:59:59.999999+00'", ""));
        values.add(new Value("created_at", "'0001-01-01 00:00:00.1+00'", ""));
        values.add(new Value("republishid", "'ffffffff-ffff-ffff-ffff-ffffffffffff'", ""));
        values.add(new Value("extensions", "'{}'", ""));
        values.add(new Value("extensions", "'null'", ""));
        values.add(new Value("extensions", "'{\"id\":\"not ours\",\"own\":\"\"}'", ""));
        values.add(new Value("extensions", "'{\"own\":null}'", ""));
        values.add(new Value("extensions", "'{\"own\":1}'", ""));
        values.add(new Value("extensions", "'{\"own\":true}'", ""));
        values.add(new Value("xid", "'3'", ""));
        return values.stream();
    }

    @ParameterizedTest
    @EnumSource
    void eachValueIsPublishedOrParkedOrKeptOutOfTheTable(Source source) throws SQLException {
        List<Value> accepted = new ArrayList<>();
        for (Value value : Stream.concat(unpublishable().stream(), unusual()).toList()) {
            if (isAccepted(of(value, accepted.size()))) {
                accepted.add(value);
            }
        }
        int publishable = (int) unusual().count();
        try (SteppedRelay relay = parking(source);
                PublishedEvents longest = PublishedEvents.of(
                        SharedServers.kafka().bootstrapServers(), SteppedRelay.topic(database, "x".repeat(200)))) {
            stepUntilAllIsSettled(relay, longest, accepted.size());
            // The source carries the same values as the first start.
            for (int i = 0; i < accepted.size(); i++) {
                database.execute(
                        of(accepted.get(i), accepted.size() + i).without("seq").without("xid"));
            }
            stepUntilAllIsSettled(relay, longest, 2 * accepted.size());
            assertThat(Stream.concat(topic.all().stream(), longest.all().stream()))
                    .hasSize(2 * publishable)
                    .allSatisfy(UnpublishableValuesIT::assertIsAnEvent);
        }
    }

    /** Returns a row of an aggregate of its own, so that nothing waits behind it. */
    private static OutboxInsert of(Value value, int number) {
        OutboxInsert insert = OutboxInsert.row().of("value-" + number);
        return insert.with(value.column, value.sql);
    }

    private boolean isAccepted(OutboxInsert insert) throws SQLException {
        try {
            database.execute(insert);
            return true;
        } catch (PSQLException e) {
            // The server names a missing value, a check (or no partition for the row), or text that is not JSON.
            assertThat(e.getSQLState()).as(insert.toString()).isIn("23502", "23514");
            return false;
        }
    }

    private SteppedRelay parking(Source source) {
        return SteppedRelay.treating(
                PoisonPolicy.all(Poison.PARK), database, Delivery.EXACTLY_ONCE, Map.of(), wal -> wal.reading(source));
    }

    private void stepUntilAllIsSettled(SteppedRelay relay, PublishedEvents other, int count) {
        relay.stepUntil(() -> {
            relay.moveTime(Duration.ofMillis(200));
            return topic.all().size()
                                    + other.all().size()
                                    + relay.statistics().parked().eventCount()
                            == count
                    && relay.state() == RelayState.STREAMING
                    && database.unnotedCount() == 0;
        });
        assertThat(failureCount(relay)).isZero();
    }

    private static long failureCount(SteppedRelay relay) {
        return Arrays.stream(FailureKind.values())
                .mapToLong(relay.statistics()::failureCount)
                .sum();
    }

    private static void assertIsAnEvent(PublishedEvent event) {
        assertThat(event.headers()).containsKeys("ce_id", "ce_source", "ce_type", "ce_subject", "ce_recordedtime");
        assertThat(event.headers().get("ce_id")).isNotEmpty();
        assertThat(event.headers().get("ce_source")).isNotEmpty();
        assertThat(event.headers().get("ce_type")).isNotEmpty();
        assertThat(event.headers().get("ce_subject")).isNotEmpty();
    }

    /** Rows that nobody checks: each one is parked with the column that has to be corrected, wherever the relay reads it. */
    @ParameterizedTest
    @EnumSource
    void noValueStopsOtherAggregatesWhereverTheRelayReadsIt(Source source) throws Exception {
        relax(database);
        // What is there already is searched for what is published, from the time of the oldest row on.
        DeadLettersIT.create(SteppedRelay.topic(database, "order"), 1_000_000);
        int count = unpublishable().size();
        List<Long> latencies = new ArrayList<>();
        insertBesideOthers(0);
        try (SteppedRelay relay = parking(source)) {
            relay.statistics().latenciesTo(latency -> latencies.add(latency.toNanos()));
            relay.stepUntil(topic, count);
            stepUntilNoted(relay, count);
            insertBesideOthers(count);
            relay.stepUntil(topic, 2 * count);
            stepUntilNoted(relay, 2 * count);
            assertThat(topic.all())
                    .hasSize(2 * count)
                    .extracting(PublishedEvent::data)
                    .containsOnly("good");
            assertThat(failureCount(relay)).isZero();
        }
        assertThat(database.query("select count(*) from outbox_parked where reason = ''"))
                .isEqualTo("0");
    }

    private void insertBesideOthers(int first) throws SQLException {
        int number = first;
        for (Value value : unpublishable()) {
            OutboxInsert bad = of(value, number);
            database.execute(value.column.equals("seq") ? bad.with("seq", "-1 - (select count(*) from outbox)") : bad);
            database.execute(OutboxInsert.row().of("good-" + number).payload("good"));
            number++;
        }
    }

    private void stepUntilNoted(SteppedRelay relay, int parkedCount) {
        relay.stepUntil(() -> {
            relay.moveTime(Duration.ofMillis(200));
            return relay.statistics().parked().eventCount() == parkedCount
                    && relay.state() == RelayState.STREAMING
                    && database.unnotedCount() == 0
                    && String.valueOf(parkedCount).equals(database.query("select sum(event_count) from outbox_parked"));
        });
    }

    @Test
    void eachValueIsCorrectedByAnUpdateAndGivenUpByADelete(CapturedOutput output) throws SQLException {
        relax(database);
        List<String> expected = new ArrayList<>();
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            for (Value value : unpublishable()) {
                expected.add("before " + value);
                expected.add("corrected " + value);
                expected.add("between " + value);
                expected.add("after " + value);
                heal(relay, value, expected.size());
                // A minute has a bounded number of lines.
                relay.moveTime(Duration.ofMinutes(1));
                assertThat(topic.all()).as(value.toString()).hasSize(expected.size());
            }
            relay.confirm();
            assertThat(relay.state()).isEqualTo(RelayState.STREAMING);
        }
        List<String> types =
                topic.all().stream().map(UnpublishableValuesIT::name).toList();
        for (int i = 0; i < types.size(); i++) {
            // The corrected row keeps its place.
            assertThat(types.get(i)).isEqualTo(expected.get(i).startsWith("corrected") ? "bad" : "good");
        }
        assertThat(output.toString().split("It was deleted in public.outbox since", -1))
                .hasSize(unpublishable().size() + 1);
    }

    private static String name(PublishedEvent event) {
        return "bad".equals(event.headers().get("ce_dataschema")) ? "bad" : "good";
    }

    private void heal(SteppedRelay relay, Value value, int count) throws SQLException {
        String bad = "with bad as ("
                + OutboxInsert.row().with(value.column, value.sql).sql() + " returning seq, xid)"
                + " select seq from bad";
        database.execute(OutboxInsert.row().payload("before"));
        database.execute(marked(bad));
        database.execute(OutboxInsert.row().payload("between"));
        relay.stepUntil(RelayState.RETRYING);
        assertThat(relay.problem().message())
                .as(value.toString())
                .startsWith("The row of public.outbox with event")
                .contains("seq ", "cannot be published");
        Matcher update = Pattern.compile("(UPDATE public.outbox SET \\w+ = )\\.\\.\\.( WHERE [^;]+);")
                .matcher(relay.problem().remedy());
        assertThat(update.find()).as(relay.problem().remedy()).isTrue();
        assertThat(update.group(1)).contains(column(value));
        String correction = column(value).equals(value.column) ? value.correction : "'[]'";
        if (value.sql.equals("'delete'")) {
            correction = "null";
        }
        database.execute(update.group(1) + correction + update.group(2));
        relay.stepUntil(RelayState.STREAMING);
        relay.stepUntil(topic, count - 1);

        database.execute(marked(bad));
        database.execute(OutboxInsert.row().payload("after"));
        relay.stepUntil(RelayState.RETRYING);
        database.execute(deletion(relay));
        relay.stepUntil(topic, count);
        relay.stepUntil(RelayState.STREAMING);
    }

    /** Returns the column that the relay names: of an operation and a payload that do not fit, it names the payload. */
    static String column(Value value) {
        return value.sql.equals("'delete'") ? "payload" : value.column;
    }

    private static String marked(String insert) {
        return insert.replaceFirst("outbox \\(", "outbox (dataschema, ").replaceFirst("values \\(", "values ('bad', ");
    }

    private static String deletion(SteppedRelay relay) {
        Matcher delete = Pattern.compile("DELETE FROM public.outbox WHERE [^;]+;")
                .matcher(relay.problem().remedy());
        assertThat(delete.find()).as(relay.problem().remedy()).isTrue();
        return delete.group();
    }

    /** A gap is filled with what Kafka lacks, and Kafka is searched from the time at which the oldest row was written. */
    @ParameterizedTest
    @EnumSource
    void impossibleTimesOfRowsBringNothingAgainAfterAGap(Source source) throws SQLException {
        relax(database);
        List<String> times = List.of(
                "'infinity'",
                "'-infinity'",
                "'20000-01-01 00:00:00+00'",
                "'9999-12-31 00:00:00+00'",
                "'0001-01-01 00:00:00+00'",
                "now()");
        try (SteppedRelay relay = parking(source)) {
            relay.statistics()
                    .latenciesTo(latency -> assertThat(latency.toNanos()).isNotNegative());
            relay.stepUntil(RelayState.STREAMING);
            for (int i = 0; i < times.size(); i++) {
                database.execute(OutboxInsert.row().of("a" + i).with("created_at", times.get(i)));
                int count = i + 1;
                relay.stepUntil(
                        () -> topic.all().size() + relay.statistics().parked().eventCount() == count);
            }
            assertThat(failureCount(relay)).isZero();
        }
        database.dropSlot();
        database.execute("delete from outbox_relay");
        database.insert("b", "last");
        try (SteppedRelay relay = parking(source)) {
            relay.stepUntil(topic, 4);
            relay.stepUntil(RelayState.STREAMING);
            assertThat(failureCount(relay)).isZero();
        }
        assertThat(topic.all()).hasSize(4);
    }

    /** Drops the constraints, also those that the migrations leave. */
    static void relax(OutboxDatabase database) throws SQLException {
        database.execute("""
                do $$
                declare
                    one text;
                begin
                    for one in select conname from pg_constraint where conrelid = 'outbox'::regclass and contype = 'c' loop
                        execute 'alter table outbox drop constraint ' || one;
                    end loop;
                    for one in select attname from pg_attribute
                                where attrelid = 'outbox'::regclass and attnum > 0 and attname not in ('seq', 'bucket') loop
                        execute 'alter table outbox alter column ' || one || ' drop not null';
                    end loop;
                end
                $$
                """);
    }

    @ParameterizedTest
    @EnumSource
    void rowsBeforeAnUnpublishableOneInItsTransactionArePublished(Delivery delivery) throws SQLException {
        relax(database);
        try (SteppedRelay relay =
                delivery == Delivery.EXACTLY_ONCE ? SteppedRelay.of(database) : SteppedRelay.atLeastOnce(database)) {
            relay.stepUntil(RelayState.STREAMING);
            database.execute(OutboxInsert.row().payload("0"));
            database.execute("begin; " + OutboxInsert.row().payload("1").sql() + "; "
                    + OutboxInsert.row().payload("2").sql() + "; "
                    + OutboxInsert.row().with("time", "'infinity'").sql() + "; "
                    + OutboxInsert.row().payload("3").sql() + "; commit");
            relay.stepUntil(RelayState.RETRYING);
            awaitPublished("0", "1", "2");
            relay.stepUntil(RelayState.STREAMING);
            relay.stepUntil(RelayState.RETRYING);
            database.execute(deletion(relay));
            relay.stepUntil(() -> published().contains("3"));
        }
        assertThat(published().stream().distinct()).containsExactly("0", "1", "2", "3");
        if (delivery == Delivery.EXACTLY_ONCE) {
            assertThat(published()).hasSize(4);
        }
    }

    @Test
    void tooLargeEventIsGivenUpByADelete() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(database, Map.of("max.request.size", 10_000))) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "x".repeat(10_000));
            database.insert("a", "2");
            relay.stepUntil(RelayState.RETRYING);
            database.execute(deletion(relay));
            relay.stepUntil(topic, 1);
        }
        assertThat(published()).containsExactly("2");
    }

    /** Its number is the highest, and the position covers it although it is not published. */
    @Test
    void rowThatWasDeletedInsteadOfPublishedIsNotTakenForOneOfAnotherHistory() throws SQLException {
        relax(database);
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            database.execute("begin; " + OutboxInsert.row().of("a").payload("1").sql() + "; "
                    + OutboxInsert.row().of("b").with("time", "'infinity'").sql() + "; commit");
            database.execute("delete from outbox where aggregateid = 'b'");
            relay.stepUntil(topic, 1);
            // The stream brings again what was not confirmed.
            database.terminateSessions();
        }
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "2");
            relay.stepUntil(topic, 2);
            assertThat(relay.status().warnings()).isEmpty();
        }
        assertThat(Long.parseLong(topic.all().get(1).headers().get("ce_sequence")))
                .isEqualTo(Long.parseLong(database.query("select max(seq) from outbox")));
    }

    /** The stream has a commit that waits for a standby before any query sees its rows: a row that is not visible may not be deleted. */
    @Test
    void rowThatIsNotVisibleYetIsNotTakenForADeletedOne() throws Exception {
        try (PostgresServer server = OutboxDatabase.serverWithAnAbsentStandby();
                OutboxDatabase synchronous = OutboxDatabase.migrated(server);
                Connection writer = synchronous.connect();
                SteppedRelay relay = SteppedRelay.of(synchronous)) {
            relax(synchronous);
            relay.stepUntil(RelayState.STREAMING);
            CompletableFuture<Void> commit = CompletableFuture.runAsync(() -> insert(writer));
            relay.stepUntil(RelayState.RETRYING);
            assertThat(relay.problem().message()).contains("does not show in the table yet");
            assertThat(commit).isNotDone();
            // The stream has a commit before its backend waits for the standby.
            await().atMost(Duration.ofMinutes(2)).until(() -> {
                synchronous.query("select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'");
                return commit.isDone();
            });
            assertThat(commit).isCompleted();
            relay.stepUntil(() -> relay.state() == RelayState.RETRYING
                    && relay.problem().remedy().startsWith("UPDATE"));
        }
    }

    private static void insert(Connection writer) {
        try (Statement statement = writer.createStatement()) {
            statement.execute("set synchronous_commit = on");
            statement.execute(OutboxInsert.row().with("time", "'infinity'").sql());
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
