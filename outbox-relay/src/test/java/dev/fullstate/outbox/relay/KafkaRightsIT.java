package dev.fullstate.outbox.relay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.fullstate.outbox.relay.RelayStatus.Problem;
import dev.fullstate.outbox.relay.failure.Diagnosis;
import dev.fullstate.outbox.relay.failure.Diagnosis.Level;
import dev.fullstate.outbox.relay.failure.FailureKind;
import dev.fullstate.outbox.relay.failure.Warning;
import dev.fullstate.outbox.relay.kafka.Kafka;
import dev.fullstate.outbox.relay.publish.KafkaDiagnosis;
import dev.fullstate.outbox.relay.publish.PublisherSettings;
import dev.fullstate.outbox.relay.publish.PublisherSettings.Delivery;
import dev.fullstate.outbox.relay.wal.WalSession;
import dev.fullstate.outbox.relay.wal.WalSource;
import dev.fullstate.outbox.test.PublishedEvent;
import dev.fullstate.outbox.test.PublishedEvents;

import static org.assertj.core.api.Assertions.assertThat;

/** Takes each documented right of the relay's Kafka user away: the health names it, and the relay goes on when it is granted. */
class KafkaRightsIT {

    private static final int MAX_REQUEST_BYTES = 10_000;
    private static final Path MANUAL = Path.of("../docs/operations.md");
    private static final Pattern OPERATION = Pattern.compile("`([A-Z]\\w+)`");

    @TempDir
    static Path folder;

    private static SecuredKafka kafka;

    private OutboxDatabase database;
    private PublishedEvents topic;

    /** An operation on a kind of resource, as the operations manual names them. */
    record Right(String resource, String operation) {

        @Override
        public String toString() {
            return operation + " on " + resource;
        }
    }

    @BeforeAll
    static void startKafka() throws IOException {
        kafka = SecuredKafka.start(folder);
    }

    @AfterAll
    static void stopKafka() {
        kafka.close();
    }

    @BeforeEach
    void createDatabase() throws SQLException {
        database = OutboxDatabase.migrated();
        topic = PublishedEvents.of(kafka.open(), SteppedRelay.topic(database, "order"));
        kafka.setPassword(database.name(), "secret");
    }

    @AfterEach
    void dropSlotAndTopics() throws SQLException {
        topic.close();
        database.close();
        Set<String> topics = SecuredKafka.await(kafka.admin().listTopics().names());
        SecuredKafka.await(kafka.admin().deleteTopics(topics).all());
    }

    @Test
    void documentedRightsAreEnough() throws Exception {
        documented().forEach(right -> kafka.allow(binding(right)));
        write();
        try (SteppedRelay relay = relay()) {
            relay.stepUntil(() -> published().contains("2"));
            assertThat(relay.status().warnings()).isEmpty();
        }
        loseTheSlot();
        database.insert("a", "3");
        try (SteppedRelay relay = relay()) {
            relay.stepUntil(() -> published().contains("3"));
        }
        assertThat(published()).containsExactly("1", "2", "3");
    }

    @Test
    void documentedRightsAreEnoughToSeeThatMarkersAreWritten() throws Exception {
        documented().forEach(right -> kafka.allow(binding(right)));
        database.insert("a", "1");
        try (SteppedRelay relay = relay()) {
            relay.stepUntil(() -> published().contains("1"));
        }
        try (WalSession session = WalSource.of(SteppedRelay.wal(database)).open();
                Kafka client = Kafka.connect(publishing().kafka())) {
            String id = "outbox-relay-" + session.pipeline();
            Awaitility.await()
                    .atMost(Duration.ofMinutes(2))
                    .until(() -> client.areMarkersWritten(id, Duration.ofMinutes(1)));
        }
    }

    @ParameterizedTest
    @MethodSource("neededToPublish")
    void withoutItNothingIsPublished(Right right) throws Exception {
        grantAllBut(right);
        try (SteppedRelay relay = relay()) {
            write();
            stepUntilNamed(relay, right);
            kafka.allow(binding(right));
            relay.stepUntil(() -> published().contains("2"));
        }
        assertThat(published()).containsExactly("1", "2");
    }

    static List<Right> neededToPublish() throws IOException {
        return documented().stream()
                .filter(right ->
                        !right.operation().equals("Read") && !right.operation().equals("DescribeConfigs"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("neededToReadBack")
    void withoutItARelayThatHasLostItsSlotDoesNotGoOn(Right right) throws Exception {
        grantAllBut(right);
        try (SteppedRelay relay = relay()) {
            write();
            relay.stepUntil(() -> published().contains("2"));
        }
        loseTheSlot();
        database.insert("a", "3");
        try (SteppedRelay relay = relay()) {
            stepUntilNamed(relay, right);
            kafka.allow(binding(right));
            relay.stepUntil(() -> published().contains("3"));
        }
        assertThat(published()).containsExactly("1", "2", "3");
    }

    static List<Right> neededToReadBack() throws IOException {
        return documented().stream()
                .filter(right -> right.operation().equals("Read"))
                .toList();
    }

    @Test
    void withoutTheConfigurationOfThePositionTopicThereIsAWarning() throws Exception {
        Right right = new Right("positions", "DescribeConfigs");
        assertThat(documented()).contains(right);
        grantAllBut(right);
        try (SteppedRelay relay = relay()) {
            write();
            relay.stepUntil(() -> published().contains("2"));
            assertThat(relay.status().warnings())
                    .extracting(Warning::remedy)
                    .containsExactly("Grant DescribeConfigs on the topic to the relay's Kafka user");
        }
    }

    @Test
    void checkTellsWhetherTheTransactionalIdMayBeUsedAndLeavesARelayAlone() throws Exception {
        Right right = new Right("transactions", "Write");
        assertThat(documented()).contains(right);
        grantAllBut(right);
        assertThat(transactionalId().level()).isEqualTo(Level.ERROR);
        assertThat(transactionalId().remedy()).contains("Write", "the relay's Kafka user");
        kafka.allow(binding(right));
        assertThat(transactionalId().level()).isEqualTo(Level.OK);
        try (SteppedRelay relay = relay()) {
            database.insert("a", "1");
            relay.stepUntil(() -> published().contains("1"));
            assertThat(transactionalId().level()).isEqualTo(Level.OK);
            database.insert("a", "2");
            relay.stepUntil(() -> published().contains("2"));
            assertThat(relay.statistics().failureCount(FailureKind.STEP_DOWN)).isZero();
        }
    }

    /** Looks at the id of the pipeline as the relay makes it. */
    private Diagnosis transactionalId() throws Exception {
        PublisherSettings settings = publishing();
        try (WalSession session = WalSource.of(SteppedRelay.wal(database)).open();
                Kafka client = Kafka.connect(settings.kafka())) {
            return KafkaDiagnosis.of(settings, client, session.pipeline(), Set.of(), Set.of())
                    .get(0);
        }
    }

    private PublisherSettings publishing() throws IOException {
        return SteppedRelay.publishing(database, Delivery.EXACTLY_ONCE, kafka.client(database.name(), "secret"));
    }

    /** A busy machine may have other failures before, which heal. */
    private void stepUntilNamed(SteppedRelay relay, Right right) {
        relay.stepUntil(
                () -> relay.state() == RelayState.RETRYING && relay.problem().kind() == FailureKind.PERMANENT);
        Problem problem = relay.problem();
        assertThat(problem.remedy()).contains(right.operation(), "the relay's Kafka user");
        assertThat(problem.message() + problem.remedy())
                .contains(binding(right).pattern().name())
                .doesNotContain("[B@");
    }

    /** Writes two events, and one between them that is too large for the producer, and so a dead letter. */
    private void write() throws SQLException {
        database.insert("a", "1");
        database.insert("a", "x".repeat(2 * MAX_REQUEST_BYTES));
        database.insert("a", "2");
    }

    private void loseTheSlot() throws SQLException {
        database.terminateSessions();
        database.dropSlot();
    }

    private List<String> published() {
        return topic.all().stream().map(PublishedEvent::data).toList();
    }

    private SteppedRelay relay() throws IOException {
        Map<String, Object> client = new HashMap<>(kafka.client(database.name(), "secret"));
        client.put("max.request.size", MAX_REQUEST_BYTES);
        return SteppedRelay.treating(PoisonPolicy.all(Poison.SKIP), database, Delivery.EXACTLY_ONCE, client);
    }

    private void grantAllBut(Right missing) throws IOException {
        documented().stream().filter(right -> !right.equals(missing)).forEach(right -> kafka.allow(binding(right)));
    }

    private AclBinding binding(Right right) {
        ResourcePattern resource =
                switch (right.resource()) {
                    case "events" -> topic(SteppedRelay.topic(database, "order"));
                    case "positions" -> topic("positions");
                    case "dead letters" -> topic(SteppedRelay.deadLetters(database));
                    case "transactions" ->
                        new ResourcePattern(ResourceType.TRANSACTIONAL_ID, "outbox-relay-", PatternType.PREFIXED);
                    default -> throw new AssertionError("The manual has rights on " + right.resource());
                };
        AclOperation operation = Stream.of(AclOperation.values())
                .filter(each -> each.name().replace("_", "").equalsIgnoreCase(right.operation()))
                .findFirst()
                .orElseThrow();
        return new AclBinding(resource, SecuredKafka.entry("User:" + database.name(), operation));
    }

    private static ResourcePattern topic(String name) {
        return new ResourcePattern(ResourceType.TOPIC, name, PatternType.LITERAL);
    }

    /** The first column of the table names the resource, the second one has the operations. */
    private static List<Right> documented() throws IOException {
        return Files.readAllLines(MANUAL).stream()
                .dropWhile(line -> !line.equals("### The Kafka user"))
                .skip(1)
                .takeWhile(line -> !line.startsWith("#"))
                .filter(line -> line.startsWith("| ") && !line.startsWith("| resource |") && !line.startsWith("| ---"))
                .map(line -> line.split(" *\\| *"))
                .flatMap(cells ->
                        OPERATION.matcher(cells[3]).results().map(operation -> new Right(cells[1], operation.group(1))))
                .toList();
    }
}
