package dev.fullstate.outbox.relay;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.test.PublishedEvent;
import dev.fullstate.outbox.test.PublishedEvents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A stand-alone relay with several pipelines, each with a database of the shared server. */
final class RunningPipelines implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Map<String, OutboxDatabase> databases = new LinkedHashMap<>();
    private @Nullable ConfigurableApplicationContext context;

    private RunningPipelines() {}

    /** Makes a database with an outbox for each pipeline, and starts no relay yet. */
    static RunningPipelines of(String... names) throws SQLException {
        RunningPipelines pipelines = new RunningPipelines();
        for (String name : names) {
            pipelines.databases.put(name, OutboxDatabase.migrated());
        }
        return pipelines;
    }

    /** Starts the process; {@code more} may say something else of a pipeline. */
    void start(SpringApplication application, String... more) {
        context = application.run(arguments(more).toArray(String[]::new));
    }

    void start(String... more) {
        start(
                RelayApplication.application(code -> {
                    throw new AssertionError("Exits with " + code);
                }),
                more);
    }

    List<String> arguments(String... more) {
        List<String> arguments = new ArrayList<>();
        // Of arguments with the same name, Boot takes all, and these have one value.
        Map<String, String> settings = settings();
        for (String each : more) {
            String[] parts = each.split("=", 2);
            settings.put(parts[0], parts[1]);
        }
        settings.forEach((name, value) -> arguments.add("--" + name + "=" + value));
        return arguments;
    }

    private Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("spring.main.web-application-type", "servlet");
        settings.put("server.port", "0");
        settings.put("spring.kafka.bootstrap-servers", SharedServers.kafka().bootstrapServers());
        settings.put("outbox.relay.username", SharedServers.postgres().username());
        settings.put("outbox.relay.password", SharedServers.postgres().password());
        settings.put("outbox.relay.retry.max-delay", "500ms");
        databases.forEach((name, database) -> {
            settings.put(property(name, "url"), database.url());
            settings.put(property(name, "slot-name"), database.name());
            settings.put(property(name, "topic"), SteppedRelay.topic(database, "{aggregatetype}"));
        });
        return settings;
    }

    static String property(String pipeline, String property) {
        return "outbox.relay.pipelines." + pipeline + "." + property;
    }

    /** Stops the process, and keeps the databases for another. */
    void stop() {
        if (context != null) {
            context.close();
            context = null;
        }
    }

    ConfigurableApplicationContext context() {
        assertThat(context).isNotNull();
        return context;
    }

    OutboxDatabase database(String name) {
        return databases.get(name);
    }

    Relay relay(String name) {
        return context().getBean(Relays.class).pipelines().find(name).orElseThrow();
    }

    void awaitState(String name, RelayState state) {
        await().atMost(PATIENCE).until(() -> relay(name).status().state() == state);
    }

    /** Waits until consumers can read just these events of the pipeline. */
    void awaitPublished(String name, String... data) {
        awaitPublishedTo(SharedServers.kafka().bootstrapServers(), name, data);
    }

    /** Waits until consumers of a cluster can read just these events of the pipeline. */
    void awaitPublishedTo(String bootstrapServers, String name, String... data) {
        try (PublishedEvents topic =
                PublishedEvents.of(bootstrapServers, SteppedRelay.topic(database(name), "order"))) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(topic.all().stream().map(PublishedEvent::data))
                            .containsExactly(data));
        }
    }

    /** Sends a request to the process; as a POST where there is a body. */
    HttpResponse<String> send(String path, @Nullable String login, @Nullable String body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + context().getEnvironment().getProperty("local.server.port") + path));
        if (login != null) {
            request.header(
                    "Authorization",
                    "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)));
        }
        if (body != null) {
            request.header("Content-Type", "application/json").POST(BodyPublishers.ofString(body));
        }
        return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
    }

    @Override
    public void close() throws SQLException {
        stop();
        for (OutboxDatabase database : databases.values()) {
            database.close();
        }
    }
}
