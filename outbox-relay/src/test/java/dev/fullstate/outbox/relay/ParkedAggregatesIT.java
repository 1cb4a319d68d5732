package dev.fullstate.outbox.relay;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.util.unit.DataSize;

import dev.fullstate.outbox.harness.outbox.OutboxInsert;
import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.relay.UnpublishableValuesIT.Value;
import dev.fullstate.outbox.relay.failure.Warning;
import dev.fullstate.outbox.relay.publish.PublisherSettings.Delivery;
import dev.fullstate.outbox.test.PostgresServer;
import dev.fullstate.outbox.test.PublishedEvent;
import dev.fullstate.outbox.test.PublishedEvents;

import static org.assertj.core.api.Assertions.assertThat;

/** Shows that an event that cannot be published holds up its own aggregate only, and what an operator can do about it. */
class ParkedAggregatesIT extends PoisonTest {

    private static final PoisonPolicy PARK = PoisonPolicy.all(Poison.PARK);

    private SteppedRelay relay(Delivery delivery) {
        return SteppedRelay.treating(PARK, database, delivery, SMALL);
    }

    private void tooLarge(String aggregateId) throws SQLException {
        database.insert(aggregateId, "x".repeat(10_000));
    }

    private String parked() throws SQLException {
        return Objects.requireNonNullElse(
                database.query(
                        "select string_agg(aggregateid || ':' || event_count, ' ' order by aggregateid) from outbox_parked"),
                "");
    }

    /** Asks as an operator does, and waits for the outcome. */
    private String command(SteppedRelay relay, String command, String aggregateId) throws SQLException {
        String number = Objects.requireNonNull(database.query(
                "insert into outbox_command (pipeline, command, aggregatetype, aggregateid, requested_by) values ('"
                        + database.name() + "', '" + command + "', 'order', '" + aggregateId
                        + "', 'alice') returning number"));
        relay.stepUntil(() -> {
            relay.moveTime(Duration.ofMillis(100));
            return database.query("select 1 from outbox_command where done_at is not null and number = " + number)
                    != null;
        });
        return Objects.requireNonNull(database.query("select outcome from outbox_command where number = " + number));
    }

    private void stepUntilParked(SteppedRelay relay, String expected) {
        relay.stepUntil(() -> {
            relay.moveTime(Duration.ofMillis(100));
            return parked().equals(expected);
        });
    }

    @ParameterizedTest
    @EnumSource
    void laterEventsOfTheAggregateWaitAndAllOthersArePublished(Delivery delivery) throws SQLException {
        try (SteppedRelay relay = relay(delivery)) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "a1");
            tooLarge("a");
            database.insert("a", "a3");
            database.insert("b", "b1");
            database.insert("a", null);
            relay.stepUntil(topic, 2);
            stepUntilParked(relay, "a:3");
            assertThat(relay.status().warnings())
                    .extracting(Warning::message)
                    .singleElement()
                    .asString()
                    .startsWith(
                            "Events of one aggregate wait in the outbox, because one cannot be published: order 'a', row 2:");
            assertThat(relay.state()).isEqualTo(RelayState.STREAMING);
            assertThat(relay.statistics().parked().eventCount()).isEqualTo(3);
        }
        assertThat(published()).containsExactly("a1", "b1");
        assertThat(letters.all()).hasSize(1);
    }

    @Test
    void manyParkedAggregatesHaveAFewLinesOfTheLog() throws SQLException {
        int count = 100;
        int limit = 100_000;
        PoisonPolicy many = new PoisonPolicy(Poison.PARK, Map.of(), count, DataSize.ofMegabytes(100));
        try (SteppedRelay relay = SteppedRelay.treating(
                        many, database, Delivery.EXACTLY_ONCE, Map.of("max.request.size", limit));
                LoggedLines lines = new LoggedLines(BoundedLog.class)) {
            relay.stepUntil(RelayState.STREAMING);
            for (int i = 0; i < count; i++) {
                database.insert("a" + i, "x".repeat(limit));
            }
            relay.stepUntil(() -> relay.statistics().parked().aggregates().size() == count);
            assertThat(lines.all()).hasSize(21).last().asString().contains("left out for a minute");
            database.execute("update outbox set payload = 'short'");
            database.execute("insert into outbox_command (pipeline, command, requested_by) values ('" + database.name()
                    + "', 'release', 'alice')");
            stepUntilParked(relay, "");
            assertThat(published()).hasSize(count);
            assertThat(lines.all()).hasSizeLessThan(count);
        }
    }

    @ParameterizedTest
    @EnumSource
    void retryPublishesTheEventsAsTheirRowsAreNowAlsoAfterARestart(Delivery delivery) throws SQLException {
        try (SteppedRelay relay = relay(delivery)) {
            relay.stepUntil(RelayState.STREAMING);
            tooLarge("a");
            database.insert("a", "a2");
            database.insert("b", "b1");
            relay.stepUntil(topic, 1);
        }
        try (SteppedRelay relay = relay(delivery)) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "a3");
            stepUntilParked(relay, "a:3");
            assertThat(command(relay, "retry", "a")).isEqualTo("followed for 1 parked aggregates");
            // It still cannot be published.
            stepUntilParked(relay, "a:3");
            database.execute("update outbox set payload = 'a1' where aggregateid = 'a' and length(payload) > 100");
            command(relay, "retry", "a");
            database.insert("a", "a4");
            relay.stepUntil(() -> published().contains("a4"));
            stepUntilParked(relay, "");
            assertThat(relay.status().warnings()).isEmpty();
        }
        assertThat(published()).containsExactly("b1", "a1", "a2", "a3", "a4");
        assertThat(letters.all()).hasSize(1);
        assertThat(database.query(
                        "select string_agg(command || ' ' || requested_by, ', ' order by number) from outbox_command"))
                .isEqualTo("retry alice, retry alice");
    }

    @ParameterizedTest
    @EnumSource
    void skipGivesUpOneEventAndReleaseAllThatCannotBePublished(Delivery delivery) throws SQLException {
        try (SteppedRelay relay = relay(delivery)) {
            relay.stepUntil(RelayState.STREAMING);
            for (String id : List.of("a", "b")) {
                tooLarge(id);
                database.insert(id, id + "1");
                tooLarge(id);
                database.insert(id, id + "2");
                tooLarge(id);
                database.insert(id, id + "3");
            }
            stepUntilParked(relay, "a:6 b:6");
            command(relay, "skip", "a");
            stepUntilParked(relay, "a:4 b:6");
            assertThat(published()).containsExactly("a1");
            command(relay, "release", "b");
            stepUntilParked(relay, "a:4");
            assertThat(published()).containsExactly("a1", "b1", "b2", "b3");
            command(relay, "skip", "a");
            command(relay, "skip", "a");
            stepUntilParked(relay, "");
            assertThat(command(relay, "skip", "a")).isEqualTo("no such aggregate is parked");
        }
        assertThat(published()).containsExactly("a1", "b1", "b2", "b3", "a2", "a3");
        assertThat(letters.all()).hasSize(6);
    }

    @Test
    void malformedRowsAreParkedAtAFirstStart() throws SQLException {
        UnpublishableValuesIT.relax(database);
        database.insert("a", "a1");
        database.execute(OutboxInsert.row().of("a").with("time", "'infinity'"));
        database.insert("a", "a3");
        database.execute(OutboxInsert.row().with("aggregateid", "null"));
        database.execute(OutboxInsert.row().with("aggregatetype", "null").of("a"));
        database.insert("b", "b1");
        try (SteppedRelay relay = relay(Delivery.EXACTLY_ONCE)) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "a4");
            stepUntilParked(relay, ":1 a:3 a:1");
            assertThat(published()).containsExactly("a1", "b1");
            database.execute("update outbox set time = now() where aggregateid = 'a'");
            releaseAll(relay, "release");
        }
        assertThat(published()).containsExactly("a1", "b1", "{}", "a3", "a4");
    }

    /** Whatever is corrected, also what the aggregate is told by. */
    @Test
    void eachValueIsCorrectedByAnUpdateAndGivenUpByADelete() throws SQLException {
        UnpublishableValuesIT.relax(database);
        database.insert("order-1", "first");
        int expected = 1;
        try (SteppedRelay relay = SteppedRelay.treating(PARK, database, Delivery.EXACTLY_ONCE, Map.of())) {
            relay.stepUntil(RelayState.STREAMING);
            for (Value value : UnpublishableValuesIT.unpublishable()) {
                for (boolean correct : new boolean[] {true, false}) {
                    String id = Objects.requireNonNull(database.query(
                            OutboxInsert.row()
                                            .with(value.column(), value.sql())
                                            .with("dataschema", "'bad'")
                                            .sql() + " returning ctid"));
                    database.execute(OutboxInsert.row().payload("behind"));
                    stepUntilSomethingIsParked(relay);
                    String column = UnpublishableValuesIT.column(value);
                    String correction = column.equals(value.column()) ? value.correction() : "'[]'";
                    database.execute(
                            correct
                                    ? "update outbox set " + column + " = "
                                            + (value.sql().equals("'delete'") ? "null" : correction)
                                            + " where dataschema = 'bad' and ctid = '" + id + "'"
                                    : "delete from outbox where dataschema = 'bad' and ctid = '" + id + "'");
                    releaseAll(relay, "retry");
                    expected += correct ? 2 : 1;
                    relay.stepUntil(topic, expected);
                    assertThat(topic.all())
                            .as(value + ", corrected: " + correct)
                            .hasSize(expected);
                    database.execute("delete from outbox where dataschema = 'bad'");
                }
            }
            assertThat(relay.status().warnings()).isEmpty();
        }
        assertThat(topic.all().stream().map(event -> event.headers().get("ce_id")))
                .doesNotHaveDuplicates();
    }

    private void stepUntilSomethingIsParked(SteppedRelay relay) {
        relay.stepUntil(() -> {
            relay.moveTime(Duration.ofMillis(100));
            return !parked().isEmpty();
        });
    }

    @Test
    void rowsWithoutAnIdentityAreToldByTheirNumbers() throws SQLException {
        UnpublishableValuesIT.relax(database);
        try (SteppedRelay relay = relay(Delivery.EXACTLY_ONCE)) {
            relay.stepUntil(RelayState.STREAMING);
            database.execute(OutboxInsert.row().with("aggregateid", "null").payload("1"));
            database.execute(OutboxInsert.row().with("aggregateid", "null").payload("2"));
            stepUntilParked(relay, ":2");
            database.execute("update outbox set aggregateid = 'a' where aggregateid is null");
            releaseAll(relay, "retry");
        }
        assertThat(published()).containsExactly("1", "2");
    }

    @Test
    void rowThatIsCorrectedIntoAnotherParkedAggregateIsPublishedOnce() throws SQLException {
        UnpublishableValuesIT.relax(database);
        try (SteppedRelay relay = relay(Delivery.EXACTLY_ONCE)) {
            relay.stepUntil(RelayState.STREAMING);
            tooLarge("b");
            database.insert("b", "b1");
            database.execute(
                    OutboxInsert.row().of("a").with("time", "'infinity'").payload("a1"));
            database.insert("b", "b2");
            database.insert("a", "a2");
            stepUntilParked(relay, "a:2 b:3");
            database.execute("update outbox set time = now(), aggregateid = 'b' where payload = 'a1'");
            releaseAll(relay, "skip");
        }
        assertThat(published()).containsExactlyInAnyOrder("b1", "b2", "a1", "a2");
    }

    private void releaseAll(SteppedRelay relay, String command) throws SQLException {
        database.execute("insert into outbox_command (pipeline, command, requested_by) values ('" + database.name()
                + "', '" + command + "', 'alice')");
        stepUntilParked(relay, "");
    }

    /** Rows below those that wait are published already. */
    @Test
    void rowWithALowNumberBringsNothingAgain() throws SQLException {
        UnpublishableValuesIT.relax(database);
        try (SteppedRelay relay = relay(Delivery.EXACTLY_ONCE)) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "1");
            database.insert("a", "2");
            database.execute(OutboxInsert.row().of("a").with("seq", "-1"));
            database.insert("a", "3");
            stepUntilParked(relay, "a:2");
            database.execute(OutboxInsert.row().of("a").payload("low").with("seq", "0"));
            stepUntilParked(relay, "a:3");
            command(relay, "skip", "a");
            stepUntilParked(relay, "");
        }
        assertThat(published()).containsExactly("1", "2", "low", "3");
    }

    @Test
    void rowWhoseCommitWaitsForAStandbyIsNotTakenForOneThatWasDeleted() throws Exception {
        try (PostgresServer server = OutboxDatabase.serverWithAnAbsentStandby();
                OutboxDatabase own = OutboxDatabase.migrated(server);
                PublishedEvents events =
                        PublishedEvents.of(SharedServers.kafka().bootstrapServers(), SteppedRelay.topic(own, "order"));
                SteppedRelay relay = SteppedRelay.treating(PARK, own, Delivery.EXACTLY_ONCE, SMALL);
                Connection waiting = own.connect()) {
            relay.stepUntil(RelayState.STREAMING);
            own.insert("a", "x".repeat(10_000));
            own.insert("a", "1");
            CompletableFuture<Void> commit = CompletableFuture.runAsync(() -> {
                try (Statement statement = waiting.createStatement()) {
                    statement.execute("set synchronous_commit = on");
                    statement.execute(OutboxInsert.row().of("a").payload("2").sql());
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            relay.stepUntil(() -> {
                relay.moveTime(Duration.ofMillis(100));
                return "3".equals(own.query("select event_count from outbox_parked"));
            });
            own.execute("insert into outbox_command (pipeline, command, requested_by) values ('" + own.name()
                    + "', 'skip', 'alice')");
            relay.stepUntil(() -> {
                relay.moveTime(Duration.ofMillis(100));
                return own.query("select 1 from outbox_command where done_at is not null") != null;
            });
            for (int i = 0; i < 100; i++) {
                relay.step();
            }
            assertThat(own.query("select event_count from outbox_parked")).isEqualTo("3");
            own.execute("alter system set synchronous_standby_names = ''");
            own.query("select pg_reload_conf()");
            commit.get();
            relay.stepUntil(events, 2);
            assertThat(events.all()).extracting(PublishedEvent::data).containsExactly("1", "2");
        }
    }

    /** The refusal ends the transaction, with whatever else is in it, the command too. */
    @ParameterizedTest
    @EnumSource
    void eventThatTheBrokerRefusesAgainIsParkedAgainAndStopsNothing(Delivery delivery) throws Exception {
        String limited = SteppedRelay.topic(database, "order");
        DeadLettersIT.create(limited, 5_000);
        try (SteppedRelay relay = SteppedRelay.treating(PARK, database, delivery, Map.of())) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", DeadLettersIT.incompressible(9_000));
            database.insert("a", "a2");
            stepUntilParked(relay, "a:2");
            for (String again : List.of("retry", "retry")) {
                database.execute("insert into outbox_command (pipeline, command, requested_by) values ('"
                        + database.name() + "', '" + again + "', 'alice')");
                database.execute(
                        "insert into outbox (id, aggregatetype, aggregateid, type, payload, source, changeid, operation)"
                                + " select gen_random_uuid(), 'order', 'b', 'T', 'b', 'urn:test', gen_random_uuid(), 'create'"
                                + " from generate_series(1, 2000)");
                relay.stepUntil(() -> {
                    relay.moveTime(Duration.ofMillis(10));
                    return database.query("select 1 from outbox_command where done_at is null") == null
                            && relay.state() == RelayState.STREAMING;
                });
                stepUntilParked(relay, "a:2");
            }
            command(relay, "skip", "a");
            relay.stepUntil(() -> published().contains("a2"));
            stepUntilParked(relay, "");
            relay.stepUntil(() -> published().stream().filter("b"::equals).count() >= 4_000);
        }
        if (delivery == Delivery.EXACTLY_ONCE) {
            assertThat(published()).hasSize(4_001);
        }
    }

    @Test
    void newestRowThatIsGivenUpByHandIsNotTakenForALostCommit() throws SQLException {
        try (SteppedRelay relay = relay(Delivery.EXACTLY_ONCE)) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "1");
            tooLarge("a");
            stepUntilParked(relay, "a:1");
        }
        database.execute("delete from outbox where length(payload) > 100");
        try (SteppedRelay relay = relay(Delivery.EXACTLY_ONCE)) {
            relay.stepUntil(RelayState.STREAMING);
            command(relay, "retry", "a");
            stepUntilParked(relay, "");
            database.insert("a", "2");
            relay.stepUntil(topic, 2);
            assertThat(relay.status().warnings()).isEmpty();
        }
        assertThat(topic.all().get(1).headers()).containsEntry("ce_sequence", "0000000000000000003");
    }

    /** An earlier version of the relay writes positions without it. */
    @Test
    void lostRecordOfParkedAggregatesIsFoundInTheTable() throws Exception {
        try (SteppedRelay relay = relay(Delivery.EXACTLY_ONCE)) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "1");
            tooLarge("a");
            database.insert("a", "3");
            stepUntilParked(relay, "a:2");
        }
        String pipeline =
                database.query("select system_identifier || '-' || '" + database.name() + "' from pg_control_system()");
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", SharedServers.kafka().bootstrapServers()),
                new StringSerializer(),
                new StringSerializer())) {
            producer.send(new ProducerRecord<>("positions", 0, pipeline + "/parked", null))
                    .get();
        }
        try (SteppedRelay relay = relay(Delivery.EXACTLY_ONCE)) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "4");
            stepUntilParked(relay, "a:3");
            command(relay, "skip", "a");
            stepUntilParked(relay, "");
        }
        assertThat(published()).containsExactly("1", "3", "4");
    }

    @Test
    void whatWaitsIsNeitherPublishedNorForgottenWhenTheSlotIsLost() throws SQLException {
        try (SteppedRelay relay = relay(Delivery.EXACTLY_ONCE)) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "a1");
            tooLarge("a");
            database.insert("a", "a3");
            stepUntilParked(relay, "a:2");
        }
        database.terminateSessions();
        database.dropSlot();
        database.insert("a", "a4");
        database.insert("b", "b1");
        try (SteppedRelay relay = relay(Delivery.EXACTLY_ONCE)) {
            relay.stepUntil(RelayState.STREAMING);
            stepUntilParked(relay, "a:3");
            assertThat(published()).containsExactly("a1", "b1");
            command(relay, "release", "a");
            stepUntilParked(relay, "");
        }
        assertThat(published()).containsExactly("a1", "b1", "a3", "a4");
    }

    @Test
    void beyondTheirLimitsTheRelayStopsWithASentence() throws SQLException {
        PoisonPolicy one = new PoisonPolicy(Poison.PARK, Map.of(), 1, DataSize.ofBytes(10_003));
        try (SteppedRelay relay = SteppedRelay.treating(one, database, Delivery.EXACTLY_ONCE, SMALL)) {
            relay.stepUntil(RelayState.STREAMING);
            tooLarge("a");
            stepUntilParked(relay, "a:1");
            tooLarge("b");
            relay.stepUntil(RelayState.RETRYING);
            assertThat(relay.problem().message()).contains("1 aggregates are parked already, as many as may be");
            assertThat(relay.problem().remedy())
                    .startsWith("Release some of them, or raise outbox.relay.parking.max-aggregates. Or: UPDATE");
            database.execute("delete from outbox where aggregateid = 'b'");
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "1234");
            database.insert("a", "2");
            relay.stepUntil(RelayState.RETRYING);
            assertThat(relay.problem().message()).contains("wait already, with 10004 bytes, as many as may");
            // An operator's command is followed although the relay has stopped.
            command(relay, "release", "a");
            relay.stepUntil(topic, 2);
        }
        assertThat(published()).containsExactly("1234", "2");
    }

    @Test
    void beyondTheSizeOfTheirRecordTheRelayStopsToo() throws SQLException {
        try (SteppedRelay relay = relay(Delivery.EXACTLY_ONCE)) {
            relay.stepUntil(RelayState.STREAMING);
            for (int i = 0; i < 20; i++) {
                tooLarge("a".repeat(100) + i);
            }
            relay.stepUntil(RelayState.RETRYING);
            assertThat(relay.problem().message()).contains("the record of one more would be too large");
            assertThat(relay.statistics().parked().aggregates()).hasSizeBetween(8, 12);
            // Others are parked in the place of those that are released, until nothing is left.
            relay.stepUntil(() -> {
                relay.moveTime(Duration.ofMillis(100));
                database.execute(
                        "insert into outbox_command (pipeline, command, requested_by) select '" + database.name()
                                + "', 'release', 'alice' where not exists (select from outbox_command where done_at is null)");
                return letters.all().size() == 20 && parked().isEmpty();
            });
        }
    }

    @Test
    void withoutTheTablesAnEventThatCannotBePublishedStopsTheRelay() throws SQLException {
        database.execute("alter table outbox_parked rename to elsewhere");
        try (SteppedRelay relay = relay(Delivery.EXACTLY_ONCE)) {
            relay.stepUntil(RelayState.STREAMING);
            assertThat(relay.status().warnings())
                    .extracting(Warning::message)
                    .singleElement()
                    .asString()
                    .startsWith("No aggregate can be parked, because there is no table public.outbox_parked");
            database.insert("a", "1");
            tooLarge("a");
            relay.stepUntil(RelayState.RETRYING);
            assertThat(relay.problem().message()).contains("too large", "No aggregate can be parked");
            database.execute("alter table elsewhere rename to outbox_parked");
            stepUntilParked(relay, "a:1");
        }
    }
}
