package dev.fullstate.sample.orders.docker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.fullstate.outbox.harness.outbox.OutboxInsert;
import dev.fullstate.outbox.harness.process.ChildJvm;
import dev.fullstate.outbox.harness.server.Ports;
import dev.fullstate.outbox.test.KafkaServer;
import dev.fullstate.outbox.test.PostgresServer;
import dev.fullstate.sample.orders.OrdersApi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The monitoring of docker/ with a real Prometheus, which scrapes the jars of the service and of the relay: only the addresses of the two are
 * changed.
 */
@EnabledIf(value = Prometheus.INSTALLED, disabledReason = Prometheus.MISSING)
class MonitoredByPrometheusIT {

    private static final Path DOCKER = Path.of("..", "docker");
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration GRACE = Duration.ofSeconds(30);

    private static final String PIPELINE = "outbox";
    private static final Pattern SELECTOR = Pattern.compile("\\b((?:outbox|process)_\\w+(?:\\{[^}]*})?)");
    private static final Pattern LIMIT = Pattern.compile(" (?:<|>|==) [0-9.e]+");
    private static final Pattern LABEL_OF_LEGEND = Pattern.compile("\\{\\{(\\w+)}}");
    private static final Pattern LABEL_OF_SUMMARY = Pattern.compile("\\$labels\\.(\\w+)");

    private final HttpClient http = HttpClient.newHttpClient();
    private final int relayPort = Ports.free();
    private final int servicePort = Ports.free();

    @TempDir
    private Path folder;

    private PostgresServer postgres;
    private KafkaServer kafka;

    @BeforeEach
    void startServers() {
        // A limit, so that the server knows how far the slot is from danger.
        postgres = PostgresServer.start(0, Map.of("max_slot_wal_keep_size", "10GB"));
        kafka = KafkaServer.start();
    }

    @AfterEach
    void stopServers() {
        kafka.close();
        postgres.close();
    }

    @Test
    void eachQueryHasDataOfAHealthyRelayAndAlertsTellOfOneThatIsNot() throws Exception {
        try (ChildJvm service = startService();
                ChildJvm relay = startRelay();
                Prometheus prometheus = Prometheus.start(configuration())) {
            await().pollInterval(Duration.ofSeconds(1))
                    .atMost(PATIENCE)
                    .ignoreExceptionsMatching(MonitoredByPrometheusIT::isNotYetUp)
                    .untilAsserted(() -> {
                        service.requireAlive();
                        relay.requireAlive();
                        placeOrder();
                        eachQueryOfTheDashboardHasData(prometheus);
                        eachAlertHasItsMeters(prometheus);
                    });
            assertThat(firing(prometheus)).isEmpty();
            Prometheus.check(ownMeters(relayPort), "check", "metrics");
            Prometheus.check(ownMeters(servicePort), "check", "metrics");

            writeEventThatIsTooLarge();
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(firing(prometheus))
                            .contains(
                                    "Events of outbox could not be published; they are in the topic of dead letters",
                                    "Events of 1 aggregates of outbox wait for an operator"));

            relay.terminate();
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(firing(prometheus)).contains("No relay of outbox is scraped"));
        }
    }

    private static boolean isNotYetUp(Throwable failure) {
        return failure instanceof IOException || failure instanceof UncheckedIOException;
    }

    private void eachQueryOfTheDashboardHasData(Prometheus prometheus) throws IOException {
        JsonNode dashboard = JsonMapper.builder().build().readTree(read("grafana/dashboards/outbox-relay.json"));
        String[] variable = dashboard
                .at("/templating/list/0/query/query")
                .asString()
                .replaceAll("label_values\\((\\w+), (\\w+)\\)", "$1 $2")
                .split(" ", -1);
        assertThat(prometheus.labelValues(variable[0], variable[1])).hasToString("[\"" + PIPELINE + "\"]");
        assertThat(dashboard.findParents("expr")).isNotEmpty().allSatisfy(target -> {
            // As Grafana does with all values of a variable, and for a rate with four of the source's intervals.
            String expression = target.get("expr")
                    .asString()
                    .replace("$pipeline", "(" + PIPELINE + ")")
                    .replace("$__rate_interval", "20s");
            assertThat(expression).doesNotContain("$");
            List<String> labels =
                    all(LABEL_OF_LEGEND, target.get("legendFormat").asString());
            hasData(expression, prometheus.query(expression), labels);
            assertThat(prometheus.queryRange(expression)).as(expression).isNotEmpty();
        });
    }

    private void eachAlertHasItsMeters(Prometheus prometheus) {
        assertThat(prometheus.rules().findValuesAsString("health")).isNotEmpty().containsOnly("ok");
        Map<String, List<Map<String, List<Map<String, Object>>>>> file =
                new Yaml().load(read("prometheus/alerts.yaml"));
        assertThat(file.get("groups").get(0).get("rules")).isNotEmpty().allSatisfy(rule -> {
            String expression = rule.get("expr").toString();
            assertThat(all(SELECTOR, expression))
                    .isNotEmpty()
                    .allSatisfy(selector ->
                            assertThat(prometheus.query(selector)).as(selector).isNotEmpty());
            // Without its limit an alert has a value, with the labels of its text; but none where a relay is not
            // absent.
            if (!rule.get("alert").equals("OutboxRelayAbsent")) {
                String value = LIMIT.matcher(expression).replaceAll("");
                hasData(
                        value,
                        prometheus.query(value),
                        all(LABEL_OF_SUMMARY, rule.get("annotations").toString()));
            }
        });
    }

    private static void hasData(String expression, JsonNode series, List<String> labels) {
        assertThat(series).as(expression).isNotEmpty().allSatisfy(one -> {
            assertThat(one.get("value").get(1).asString()).isNotEqualTo("NaN");
            assertThat(labels)
                    .allSatisfy(label ->
                            assertThat(one.get("metric").has(label)).as(label).isTrue());
        });
    }

    private static List<String> all(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(found -> found.group(1)).toList();
    }

    /** {@return what the alerts say that have lasted long enough} */
    private static List<String> firing(Prometheus prometheus) {
        return StreamSupport.stream(prometheus.alerts().spliterator(), false)
                .filter(alert -> alert.get("state").asString().equals("firing"))
                .map(alert -> alert.at("/annotations/summary").asString())
                .toList();
    }

    /** The configuration with the addresses of this test; the alerts are beside it. */
    private Path configuration() throws IOException {
        Files.copy(DOCKER.resolve("prometheus/alerts.yaml"), folder.resolve("alerts.yaml"));
        return Files.writeString(
                folder.resolve("prometheus.yaml"),
                read("prometheus/prometheus.yaml")
                        .replace("relay:8080", "127.0.0.1:" + relayPort)
                        .replace("sample:8080", "127.0.0.1:" + servicePort));
    }

    private void placeOrder() throws IOException, InterruptedException {
        HttpRequest order = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + servicePort + "/orders"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(OrdersApi.ORDER))
                .build();
        assertThat(send(order).statusCode()).isEqualTo(201);
    }

    private void writeEventThatIsTooLarge() throws SQLException {
        try (Connection connection = postgres.connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute(OutboxInsert.row().payload("x".repeat(2_000_000)).sql());
        }
    }

    /** The scrape without the meters of Spring Boot, of which promtool does complain. */
    private String ownMeters(int port) throws IOException, InterruptedException {
        URI meters = URI.create("http://127.0.0.1:" + port + "/actuator/prometheus");
        String own = send(HttpRequest.newBuilder(meters).build())
                .body()
                .lines()
                .filter(line -> line.matches("(# \\w+ )?outbox_.*"))
                .collect(Collectors.joining("\n", "", "\n"));
        assertThat(own).contains("# HELP outbox_");
        return own;
    }

    private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return http.send(request, BodyHandlers.ofString());
    }

    private ChildJvm startService() {
        return start(
                "service",
                jar("sample-order-service/target", "sample-order-service-*.jar"),
                servicePort,
                "--outbox.relay.enabled=false",
                "--outbox.retention.check-interval=1s");
    }

    private ChildJvm startRelay() {
        return start(
                "relay",
                jar("outbox-relay/target", "outbox-relay-*-exec.jar"),
                relayPort,
                "--spring.kafka.bootstrap-servers=" + kafka.bootstrapServers());
    }

    private ChildJvm start(String name, Path jar, int port, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "-XX:TieredStopAtLevel=1",
                "-jar",
                jar.toString(),
                "--server.port=" + port,
                "--spring.datasource.url=" + postgres.jdbcUrl(),
                "--spring.datasource.username=" + postgres.username(),
                "--spring.datasource.password=" + postgres.password()));
        arguments.addAll(List.of(more));
        return ChildJvm.start(name, folder, arguments, GRACE);
    }

    private static Path jar(String target, String name) {
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(Path.of("..", target), name)) {
            Iterator<Path> found = jars.iterator();
            assertThat(found)
                    .as("%s in %s; ./mvnw -Dfast package makes it", name, target)
                    .hasNext();
            return found.next().toAbsolutePath();
        } catch (IOException e) {
            throw new UncheckedIOException("Could not look for " + name + " in " + target, e);
        }
    }

    private static String read(String file) {
        try {
            return Files.readString(DOCKER.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
