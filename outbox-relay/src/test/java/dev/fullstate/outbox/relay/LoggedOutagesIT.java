package dev.fullstate.outbox.relay;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.fullstate.outbox.harness.process.ChildJvm;
import dev.fullstate.outbox.harness.server.Ports;
import dev.fullstate.outbox.test.KafkaServer;
import dev.fullstate.outbox.test.PostgresServer;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Shows how much a relay, as a process of its own with the log that Boot gives it, writes while all is well and while a server is away. */
class LoggedOutagesIT {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Pattern LINE = Pattern.compile("^\\d{4}-\\d\\d-\\d\\dT\\S+ +([A-Z]+) ");
    private static final Pattern VALUE = Pattern.compile("\"value\":([0-9.]+)");
    private static final String STREAMS = "-> STREAMING";
    private static final String WORKS_AGAIN = "The relay works again";
    private static final int ATTEMPTS = 4;
    private static final int HANDFUL = 12;

    private final int kafkaPort = Ports.free();
    private final int webPort = Ports.free();

    @TempDir
    private Path kafkaFolder;

    @TempDir
    private Path logFolder;

    private KafkaServer kafka;
    private PostgresServer postgres;
    private OutboxDatabase database;
    private ChildJvm relay;

    @BeforeEach
    void start() throws SQLException {
        kafka = KafkaServer.startIn(kafkaFolder, kafkaPort, Map.of());
        postgres = PostgresServer.start(Ports.free(), Map.of());
        database = OutboxDatabase.migrated(postgres);
    }

    @AfterEach
    void stop() {
        relay.close();
        postgres.close();
        kafka.close();
    }

    @Test
    void startABusyRelayAndAnEndedJobLogNoWarning() throws Exception {
        // A server that is slow is not a failure.
        run("outbox.relay.kafka-timeout=20s", "outbox.relay.wal-sender-timeout=60s");
        awaitLine(STREAMS);
        // A transaction that follows another one at once makes the producer warn, and so does a new topic.
        for (int i = 0; i < 100; i++) {
            database.insert("a", "" + i);
        }
        await().atMost(PATIENCE).until(() -> meter("outbox.relay.events.published") == 100);
        endJob();
        assertThat(lines()).hasSizeLessThan(40);
        assertThat(levels()).containsOnly("INFO");
    }

    @Test
    void serverThatIsAwayCostsAHandfulOfLinesHoweverOftenTheRelayTries() throws Exception {
        run("outbox.relay.kafka-timeout=2s", "outbox.relay.retry.max-delay=500ms");
        awaitLine(STREAMS);
        int before = lines().size();
        kafka.close();
        database.insert("a", "1");
        awaitFailures(ATTEMPTS);
        int reported = lines().size();
        assertThat(reported - before).as("lines of %s", log()).isBetween(1, HANDFUL);
        awaitFailures(ATTEMPTS);
        // A report that is due, and no line for each attempt.
        assertThat(lines().size() - reported).as("further lines of %s", log()).isLessThan(ATTEMPTS);
        kafka = KafkaServer.startIn(kafkaFolder, kafkaPort, Map.of());
        awaitLine(WORKS_AGAIN);
        assertThat(log()).doesNotContainPattern("[^.]\\.\\. ").doesNotContain("in PT");

        before = lines().size();
        int recoveries = recoveries();
        postgres.stopImmediately();
        awaitFailures(2 * ATTEMPTS);
        assertThat(lines().size() - before).as("lines of %s", log()).isBetween(1, HANDFUL);
        postgres.restart();
        await().atMost(PATIENCE).until(() -> recoveries() > recoveries);
    }

    private int recoveries() throws IOException {
        return log().split(WORKS_AGAIN, -1).length - 1;
    }

    private void run(String... properties) {
        relay = ChildJvm.start("relay", logFolder, command(properties), Duration.ZERO);
    }

    private List<String> command(String... more) {
        Stream<String> properties = Stream.of(
                "spring.main.web-application-type=servlet",
                "server.port=" + webPort,
                "management.endpoints.web.exposure.include=health,metrics",
                "spring.datasource.url=" + database.url(),
                "spring.datasource.username=" + postgres.username(),
                "spring.datasource.password=" + postgres.password(),
                "spring.kafka.bootstrap-servers=" + kafka.bootstrapServers());
        return Stream.concat(
                        Stream.of("-XX:TieredStopAtLevel=1", "-cp", classPath(), RelayApplication.class.getName()),
                        Stream.concat(properties, Stream.of(more)).map(property -> "--" + property))
                .toList();
    }

    /** That of the executable jar: what quiets the log in tests would quiet it here too. */
    private static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.endsWith("test-classes") && !entry.contains("outbox-test"))
                .collect(joining(File.pathSeparator));
    }

    private void endJob() throws SQLException {
        database.execute("""
                with job as (insert into outbox_job (id, kind, state, requested_by, finished_at)
                             values (gen_random_uuid(), 'republish', 'COMPLETED', 'test', now()) returning id)
                insert into outbox_job_slice (job_id, aggregate_type, pass) select id, type, 'DONE' from job, unnest(array['order', 'other']) type
                """);
        await().atMost(PATIENCE).until(() -> database.query("select 1 from outbox_job_end") != null);
    }

    private void awaitLine(String text) {
        await().atMost(PATIENCE).until(() -> log().contains(text));
    }

    /** Waits until the relay has failed so often once more. */
    private void awaitFailures(int count) throws IOException, InterruptedException {
        double before = failureCount();
        await().atMost(PATIENCE).until(() -> failureCount() >= before + count);
    }

    private double failureCount() throws IOException, InterruptedException {
        return meter("outbox.relay.failures");
    }

    private double meter(String name) throws IOException, InterruptedException {
        URI meter = URI.create("http://127.0.0.1:" + webPort + "/actuator/metrics/" + name);
        String body = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(meter).timeout(PATIENCE).build(), BodyHandlers.ofString())
                .body();
        Matcher value = VALUE.matcher(body);
        assertThat(value.find()).as(body).isTrue();
        return Double.parseDouble(value.group(1));
    }

    private String log() throws IOException {
        return Files.readString(relay.log());
    }

    /** Returns the lines with a level, so without stack traces and the banner. */
    private List<String> lines() throws IOException {
        return log().lines().filter(line -> LINE.matcher(line).find()).toList();
    }

    private List<String> levels() throws IOException {
        return lines().stream()
                .map(LINE::matcher)
                .filter(Matcher::find)
                .map(line -> Objects.requireNonNull(line.group(1)))
                .toList();
    }
}
