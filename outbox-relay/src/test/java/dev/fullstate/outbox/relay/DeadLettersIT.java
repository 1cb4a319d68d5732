package dev.fullstate.outbox.relay;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.util.unit.DataSize;

import dev.fullstate.outbox.harness.outbox.OutboxInsert;
import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.relay.DeadLetters.DeadLetter;
import dev.fullstate.outbox.relay.publish.PublisherSettings.Delivery;

import static org.assertj.core.api.Assertions.assertThat;

/** Shows what becomes of events that cannot be published, and that their neighbours are published as if there were none. */
class DeadLettersIT extends PoisonTest {

    private static final PoisonPolicy SKIP = PoisonPolicy.all(Poison.SKIP);

    @ParameterizedTest
    @EnumSource
    void skippedEventIsInTheTopicOfDeadLettersWithItsHeadersAndTheReason(Delivery delivery) throws SQLException {
        try (SteppedRelay relay = SteppedRelay.treating(SKIP, database, delivery, SMALL)) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "1");
            database.execute("begin; " + OutboxInsert.row().of("a").payload("2").sql() + "; "
                    + OutboxInsert.row().of("b").payload("x".repeat(10_000)).sql() + "; "
                    + OutboxInsert.row().of("b").payload("3").sql() + "; commit");
            relay.stepUntil(topic, 3);
            relay.stepUntil(() -> letters.all().size() == 1);
            assertThat(relay.statistics().deadLetterCount()).isEqualTo(1);
        }
        assertThat(published()).containsExactly("1", "2", "3");
        DeadLetter letter = letters.all().get(0);
        assertThat(letter.key()).isEqualTo("b");
        // With the reason, the payload does not fit either.
        assertThat(letter.value()).isNull();
        assertThat(letter.headers())
                .containsEntry("outbox_omittedbytes", "10000")
                .containsEntry("outbox_aggregatetype", "order")
                .containsEntry("outbox_topic", SteppedRelay.topic(database, "order"))
                .containsEntry("ce_subject", "b")
                .containsEntry("ce_specversion", "1.0")
                .containsKeys("ce_id", "ce_source", "ce_type", "ce_changeid", "ce_operation", "ce_recordedtime");
        assertThat(letter.header("outbox_reason")).startsWith("it is too large for topic");
        assertThat(letter.header("outbox_pipeline")).endsWith("-" + database.name());
        assertThat(letter.header("outbox_position")).matches("[0-9A-F]+/[0-9A-F]+#1");
        assertThat(letter.header("ce_sequence")).hasSize(19);
    }

    @ParameterizedTest
    @EnumSource
    void eventThatOnlyTheBrokerFindsTooLargeIsSkippedAlone(Delivery delivery) throws Exception {
        create(SteppedRelay.topic(database, "order"), 5_000);
        try (SteppedRelay relay = SteppedRelay.treating(SKIP, database, delivery, Map.of())) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "1");
            database.insert("b", incompressible(9_000));
            database.insert("b", "2");
            database.insert("c", incompressible(9_000));
            database.insert("c", "3");
            relay.stepUntil(() -> published().contains("3"));
            relay.stepUntil(() -> letters.all().size() >= 2);
        }
        if (delivery == Delivery.EXACTLY_ONCE) {
            assertThat(published()).containsExactly("1", "2", "3");
            assertThat(letters.all()).extracting(DeadLetter::key).containsExactly("b", "c");
        }
        assertThat(published().stream().distinct()).containsExactly("1", "2", "3");
        assertThat(letters.all().get(0).value()).isEqualTo(incompressible(9_000));
        assertThat(letters.all().get(0).header("outbox_reason"))
                .contains("has refused it", "RecordTooLargeException", "max.message.bytes");
    }

    @Test
    void letterThatTheBrokerFindsTooLargeComesWithoutThePayload() throws Exception {
        create(SteppedRelay.deadLetters(database), 2_000);
        try (SteppedRelay relay = SteppedRelay.treating(SKIP, database, Delivery.EXACTLY_ONCE, SMALL)) {
            relay.stepUntil(RelayState.STREAMING);
            database.execute(
                    OutboxInsert.row().of("a").payload("x".repeat(5_000)).with("time", "'9999-01-01'"));
            database.insert("b", "y".repeat(10_000));
            database.insert("b", "1");
            relay.stepUntil(() -> published().contains("1"));
        }
        assertThat(letters.all()).hasSize(1);
        assertThat(letters.all().get(0).headers()).containsEntry("outbox_omittedbytes", "10000");
    }

    @ParameterizedTest
    @EnumSource
    void malformedRowsAreSkippedInTheStreamAndAtAFirstStart(Delivery delivery) throws SQLException {
        UnpublishableValuesIT.relax(database);
        String malformed = "begin; " + OutboxInsert.row().of("a").payload("1").sql() + "; "
                + OutboxInsert.row().of("a").with("time", "'infinity'").sql() + "; "
                + OutboxInsert.row().of("a").with("aggregatetype", "'no topic'").sql() + "; "
                + OutboxInsert.row().with("aggregateid", "null").sql() + "; "
                + OutboxInsert.row().of("a").with("id", "null").sql() + "; "
                + OutboxInsert.row().of("a").with("extensions", "'no json'").sql() + "; "
                + OutboxInsert.row().of("a").with("seq", "-1").sql() + "; "
                + OutboxInsert.row().of("a").payload("2").sql() + "; commit";
        database.execute(malformed);
        try (SteppedRelay relay = SteppedRelay.treating(SKIP, database, delivery, Map.of())) {
            relay.stepUntil(topic, 2);
            relay.stepUntil(RelayState.STREAMING);
            database.execute(malformed.replace("-1", "-2"));
            relay.stepUntil(topic, 4);
            for (int i = 0; i < 3000; i++) relay.step();
            assertThat(letters.all().stream().map(l -> l.headers().toString())).hasSize(12);
            // The stream brings again what was not confirmed.
            database.terminateSessions();
            relay.stepUntil(() -> relay.state() != RelayState.STREAMING);
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "3");
            relay.stepUntil(() -> published().contains("3"));
            assertThat(relay.status().warnings()).isEmpty();
        }
        assertThat(published().stream().distinct()).containsExactly("1", "2", "3");
        List<DeadLetter> first = letters.all().subList(0, 6);
        assertThat(first)
                .anySatisfy(letter -> assertThat(letter.headers())
                        .containsEntry("outbox_time", "infinity")
                        .containsEntry("ce_specversion", "1.0")
                        .doesNotContainKey("ce_time"));
        assertThat(first)
                .anySatisfy(letter -> assertThat(letter.headers())
                        .containsEntry("outbox_aggregatetype", "no topic")
                        .doesNotContainKey("outbox_topic"));
        assertThat(first).anySatisfy(letter -> assertThat(letter.headers()).containsEntry("outbox_seq", "-1"));
        assertThat(first)
                .anySatisfy(letter -> assertThat(letter.headers()).doesNotContainKeys("ce_id", "ce_specversion"));
        assertThat(first)
                .anySatisfy(letter -> assertThat(letter.headers()).containsEntry("outbox_extensions", "no json"));
        assertThat(first).anySatisfy(letter -> assertThat(letter.key()).isEmpty());
    }

    @Test
    void eachTypeIsTreatedByItsOwnPolicy() throws SQLException {
        PoisonPolicy policy = new PoisonPolicy(Poison.STOP, Map.of("invoice", Poison.SKIP), 1, DataSize.ofBytes(1));
        try (SteppedRelay relay = SteppedRelay.treating(policy, database, Delivery.EXACTLY_ONCE, SMALL)) {
            relay.stepUntil(RelayState.STREAMING);
            database.execute(
                    OutboxInsert.row().with("aggregatetype", "'invoice'").payload("x".repeat(10_000)));
            database.insert("a", "1");
            relay.stepUntil(topic, 1);
            database.insert("a", "x".repeat(10_000));
            database.insert("a", "2");
            relay.stepUntil(RelayState.RETRYING);
            assertThat(relay.problem().message()).contains("too large");
        }
        assertThat(published()).containsExactly("1");
        assertThat(letters.all()).hasSize(1);
    }

    @Test
    void missingColumnIsNobodysDeadLetter() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.treating(SKIP, database, Delivery.EXACTLY_ONCE, Map.of())) {
            relay.stepUntil(RelayState.STREAMING);
            database.execute("alter table outbox rename column changeid to was_changeid");
            database.execute(
                    "insert into outbox (id, aggregatetype, aggregateid, type, payload, source, was_changeid, operation)"
                            + " values (gen_random_uuid(), 'order', 'a', 'T', '1', 'urn:test', gen_random_uuid(), 'create')");
            relay.stepUntil(RelayState.RETRYING);
            assertThat(relay.problem().message()).contains("changeid");
            database.execute("alter table outbox rename column was_changeid to changeid");
            relay.stepUntil(topic, 1);
        }
        assertThat(letters.all()).isEmpty();
    }

    @RepeatedTest(3)
    void causeOfARefusalIsReportedAndNotItsConsequence() throws Exception {
        create(SteppedRelay.topic(database, "order"), 5_000);
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            database.execute("begin; " + OutboxInsert.row().of("a").payload("1").sql() + "; "
                    + OutboxInsert.row().of("b").payload(incompressible(9_000)).sql() + "; commit; "
                    + OutboxInsert.rows(50).sql());
            relay.stepUntil(RelayState.RETRYING);
            assertThat(relay.problem().message())
                    .startsWith("Topic '" + SteppedRelay.topic(database, "order") + "' rejected event ")
                    .contains("RecordTooLargeException");
            relay.stepUntil(() -> relay.state() == RelayState.RETRYING
                    && relay.problem().message().startsWith("The row of public.outbox"));
            assertThat(relay.problem().message()).contains("has refused it", "RecordTooLargeException");
        }
    }

    /** Makes a text that the producer's compression does not make much smaller. */
    static String incompressible(int length) {
        return new SplittableRandom(7)
                .ints(length, '0', 'z')
                .filter(each -> each != '\\' && each != '\'')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    static void create(String topic, int maxMessageBytes) throws Exception {
        try (Admin admin =
                Admin.create(Map.of("bootstrap.servers", SharedServers.kafka().bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(topic, Optional.of(1), Optional.empty())
                            .configs(Map.of(
                                    "max.message.bytes",
                                    Integer.toString(maxMessageBytes),
                                    "cleanup.policy",
                                    topic.endsWith("dead") ? "delete" : "compact"))))
                    .all()
                    .get();
        }
    }
}
