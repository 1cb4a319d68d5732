package dev.fullstate.outbox.relay;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.relay.publish.PublisherSettings;
import dev.fullstate.outbox.relay.route.Router;
import dev.fullstate.outbox.relay.wal.WalSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Shows what an orchestrator's probes and a registry of meters see of a relay on its own, and of one inside a service. */
class MonitoredRelayIT extends RelayIntegrationTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int UP = 200;
    private static final int DOWN = 503;

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<ConfigurableApplicationContext> applications = new ArrayList<>();

    @AfterEach
    void stopApplications() {
        applications.forEach(ConfigurableApplicationContext::close);
    }

    @Test
    void readinessOfARelayOnItsOwnFollowsItsStreamAndLivenessDoesNot() throws SQLException {
        database.execute("drop publication outbox");
        ConfigurableApplicationContext relay = run(onItsOwn());
        await().atMost(PATIENCE).until(() -> state(relay) == RelayState.RETRYING);
        assertThat(probe(relay, "readiness")).isEqualTo(DOWN);
        assertThat(probe(relay, "liveness")).isEqualTo(UP);

        database.execute("create publication outbox for table outbox"
                + " with (publish = 'insert', publish_via_partition_root = true)");
        await().atMost(PATIENCE).until(() -> state(relay) == RelayState.STREAMING);
        assertThat(probe(relay, "readiness")).isEqualTo(UP);
    }

    @Test
    void standByIsReadySoThatARollingUpdateGoesOn() {
        ConfigurableApplicationContext active = run(onItsOwn());
        await().atMost(PATIENCE).until(() -> state(active) == RelayState.STREAMING);
        ConfigurableApplicationContext standby = run(onItsOwn());
        await().atMost(PATIENCE).until(() -> state(standby) == RelayState.STANDBY);
        assertThat(probe(standby, "readiness")).isEqualTo(UP);
    }

    @Test
    void serviceStaysReadyWhileItsRelayCannotPublishUnlessReadinessIncludesTheRelay() throws SQLException {
        database.execute("drop publication outbox");
        ConfigurableApplicationContext service = run(new SpringApplication(Service.class));
        await().atMost(PATIENCE).until(() -> state(service) == RelayState.RETRYING);
        assertThat(probe(service, "readiness")).isEqualTo(UP);
        assertThat(get(service, "/actuator/health")).isEqualTo(DOWN);

        ConfigurableApplicationContext strict = run(
                new SpringApplication(Service.class),
                "--management.endpoint.health.group.readiness.include=readinessState,outboxRelay");
        assertThat(probe(strict, "readiness")).isEqualTo(DOWN);
    }

    @Test
    void processWhoseRelayThreadDiesIsNotAliveAndExits() throws Exception {
        CompletableFuture<Integer> exit = new CompletableFuture<>();
        SpringApplication application = RelayApplication.application(exit::complete);
        application.addInitializers(context ->
                ((GenericApplicationContext) context).registerBean("dyingRelay", Relay.class, () -> dying(context)));
        ConfigurableApplicationContext relay = run(application);
        assertThat(exit.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(1);
        // Those who end the process hear of it before those who keep the availability.
        await().atMost(PATIENCE).until(() -> probe(relay, "liveness") == DOWN);
        assertThat(probe(relay, "readiness")).isEqualTo(DOWN);
    }

    private Relay dying(ConfigurableApplicationContext context) {
        RelaySettings settings = new RelaySettings(
                database.name(),
                context.getBean(PublisherSettings.class).kafka().maxInFlight(),
                Duration.ofMillis(1),
                Duration.ofMillis(100),
                Duration.ofSeconds(1),
                Duration.ofMillis(100),
                Duration.ofSeconds(3),
                Duration.ofMinutes(1),
                PoisonPolicy.all(Poison.STOP),
                AfterLoss.REPORT);
        return new Relay(settings, context.getBean(WalSource.class), context.getBean(Router.class), pipeline -> {
            throw new NoClassDefFoundError("org/example/Missing");
        });
    }

    @Test
    void metersShowTheCountsAndTheProgressOfTheRelay() throws SQLException {
        ConfigurableApplicationContext relay = run(onItsOwn());
        await().atMost(PATIENCE).until(() -> state(relay) == RelayState.STREAMING);
        database.insert("a", "1");
        database.insert("a", "2");
        topic.await("a", 2, PATIENCE);

        MeterRegistry meters = relay.getBean(MeterRegistry.class);
        await().atMost(PATIENCE).until(() -> value(meters, "outbox.relay.events.confirmed") == 2);
        assertThat(value(meters, "outbox.relay.events.received")).isEqualTo(2);
        assertThat(value(meters, "outbox.relay.events.published")).isEqualTo(2);
        assertThat(value(meters, "outbox.relay.in.flight.events")).isZero();
        assertThat(value(meters, "outbox.relay.unpublished.size")).isNotNegative();
        assertThat(value(meters, "outbox.relay.unconfirmed.size")).isNotNegative();
        assertThat(value(meters, "outbox.relay.problems")).isZero();
        await().atMost(PATIENCE).until(() -> value(meters, "outbox.relay.slot.retained.size") > 0);
        assertThat(value(meters, "outbox.relay.slot.safe.size")).isNaN();
        assertThat(value(meters, "outbox.relay.slot.wal.status", "status", "reserved"))
                .isEqualTo(1);
        assertThat(value(meters, "outbox.relay.state", "state", "streaming")).isEqualTo(1);
        assertThat(value(meters, "outbox.relay.state", "state", "retrying")).isZero();
        assertThat(value(meters, "outbox.relay.failures", "kind", "permanent")).isZero();
        assertThat(meters.get("outbox.relay.latency").timer().count()).isEqualTo(2);
        assertThat(meters.get("outbox.relay.latency").timer().max(TimeUnit.SECONDS))
                .isBetween(0.0, 120.0);
        assertThat(meters.getMeters().stream()
                        .map(Meter::getId)
                        .filter(id -> id.getName().startsWith("outbox.relay.")))
                .allSatisfy(id -> {
                    assertThat(id.getTag("pipeline")).isEqualTo(database.name());
                    assertThat(id.getDescription()).isNotBlank();
                });

        database.terminateWalSender();
        await().atMost(PATIENCE).until(() -> value(meters, "outbox.relay.failures", "kind", "retry") > 0);
    }

    @Test
    void prometheusScrapesARelayOnItsOwnAndKnowsEachMeterOfTheDocumentedQueries() throws IOException, SQLException {
        ConfigurableApplicationContext relay = run(onItsOwn());
        await().atMost(PATIENCE).until(() -> state(relay) == RelayState.STREAMING);
        database.insert("a", "1");
        topic.await("a", 1, PATIENCE);
        String scrape = body(relay, "/actuator/prometheus");
        Set<String> names = all("(?m)^(outbox_relay_[a-z_]+)[{ ]", scrape);
        assertThat(names).contains("outbox_relay_state", "outbox_relay_latency_seconds_bucket");
        String alerts = read("docs/operations.md").split("Useful alerts", 2)[1].split("\n## ", 2)[0];
        String alertFile = read("docker/prometheus/alerts.yaml");
        String dashboard = read("docker/grafana/dashboards/outbox-relay.json");
        assertThat(List.of(alerts, alertFile, dashboard))
                .allSatisfy(queries -> assertThat(all("\\b(outbox_relay_[a-z_]+)", queries))
                        .isNotEmpty()
                        .allSatisfy(name -> assertThat(names).contains(name)));
    }

    @Test
    void healthNamesTheProblemAndItsRemedyToThoseWhoMaySeeDetails() throws SQLException {
        database.execute("drop publication outbox");
        ConfigurableApplicationContext closed = run(onItsOwn());
        await().atMost(PATIENCE).until(() -> state(closed) == RelayState.RETRYING);
        assertThat(body(closed, "/actuator/health")).contains("DOWN").doesNotContain("remedy");
        closed.close();

        ConfigurableApplicationContext open = run(onItsOwn(), "--management.endpoint.health.show-details=always");
        await().atMost(PATIENCE).until(() -> state(open) == RelayState.RETRYING);
        assertThat(body(open, "/actuator/health"))
                .contains("\"kind\":\"permanent\"", "\"problem\":\"", "\"remedy\":\"", "CREATE PUBLICATION outbox");
    }

    private static String read(String file) throws IOException {
        return Files.readString(Path.of("..", file));
    }

    private static Set<String> all(String name, String text) {
        return Pattern.compile(name)
                .matcher(text)
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toSet());
    }

    private static double value(MeterRegistry meters, String name, String... tags) {
        return meters.get(name).tags(tags).meter().measure().iterator().next().getValue();
    }

    private static RelayState state(ConfigurableApplicationContext application) {
        return application.getBean(Relay.class).status().state();
    }

    private int probe(ConfigurableApplicationContext application, String group) {
        return get(application, "/actuator/health/" + group);
    }

    private int get(ConfigurableApplicationContext application, String path) {
        return send(application, path).statusCode();
    }

    private String body(ConfigurableApplicationContext application, String path) {
        return send(application, path).body();
    }

    private HttpResponse<String> send(ConfigurableApplicationContext application, String path) {
        URI uri = URI.create(
                "http://localhost:" + application.getEnvironment().getRequiredProperty("local.server.port") + path);
        try {
            return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static SpringApplication onItsOwn() {
        return RelayApplication.application(code -> {
            throw new AssertionError("Exits with " + code);
        });
    }

    private ConfigurableApplicationContext run(SpringApplication application, String... more) {
        List<String> arguments = new ArrayList<>(List.of(more));
        Map.of(
                        "spring.main.web-application-type", "servlet",
                        "server.port", "0",
                        "spring.datasource.url", database.url(),
                        "spring.datasource.username", database.server().username(),
                        "spring.datasource.password", database.server().password(),
                        "spring.kafka.bootstrap-servers", SharedServers.kafka().bootstrapServers(),
                        "outbox.relay.slot-name", database.name(),
                        "outbox.relay.retry.max-delay", "500ms",
                        "outbox.relay.topic", SteppedRelay.topic(database, "{aggregatetype}"))
                .forEach((name, value) -> arguments.add("--" + name + "=" + value));
        // A broker that is slow while it starts is not a failure.
        arguments.add("--outbox.relay.kafka-timeout=20s");
        arguments.add("--outbox.relay.wal-sender-timeout=60s");
        ConfigurableApplicationContext context = application.run(arguments.toArray(String[]::new));
        applications.add(context);
        return context;
    }

    /** A service that has a relay on its class path. */
    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Service {}
}
