package dev.fullstate.outbox.relay;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.fullstate.outbox.harness.server.SharedServers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Uses the endpoint of the executable jar as an operator does. */
class OperatorEndpointIT extends RelayIntegrationTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String ALICE = "alice:s3cret";

    private final HttpClient client = HttpClient.newHttpClient();
    private ConfigurableApplicationContext application;

    @AfterEach
    void stop() {
        application.close();
    }

    private void run(String... more) {
        SpringApplication relay = new SpringApplication(RelayApplication.class);
        relay.setDefaultProperties(Map.of(
                "spring.main.web-application-type", "servlet",
                "server.port", "0",
                "spring.datasource.url", database.url(),
                "spring.datasource.username", database.server().username(),
                "spring.datasource.password", database.server().password(),
                "spring.kafka.bootstrap-servers", SharedServers.kafka().bootstrapServers(),
                "spring.kafka.producer.properties.max.request.size", "10000",
                "outbox.relay.slot-name", database.name(),
                "outbox.relay.dead-letter-topic", SteppedRelay.deadLetters(database),
                "outbox.relay.topic", SteppedRelay.topic(database, "{aggregatetype}")));
        application = relay.run(more);
    }

    private void runWithPassword() {
        run("--outbox.relay.admin.username=alice", "--outbox.relay.admin.password=s3cret");
    }

    private HttpResponse<String> send(String path, @Nullable String login, @Nullable String body, String contentType)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:"
                + application.getEnvironment().getProperty("local.server.port") + "/admin/relay" + path));
        if (login != null) {
            request.header(
                    "Authorization",
                    "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)));
        }
        if (body != null) {
            request.header("Content-Type", contentType).POST(BodyPublishers.ofString(body));
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private JsonNode get(String path) throws Exception {
        HttpResponse<String> response = send(path, ALICE, null, "");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JSON.readTree(response.body());
    }

    private HttpResponse<String> post(String path, String body) throws Exception {
        return send(path, ALICE, body, "application/json");
    }

    private void park(String aggregateId) throws SQLException {
        database.insert(aggregateId, "x".repeat(10_000));
        database.insert(aggregateId, aggregateId + "2");
    }

    @Test
    void parkedAggregatesAreListedAndReleasedOneOrAll() throws Exception {
        runWithPassword();
        park("a");
        park("b");
        park("c");
        await().atMost(PATIENCE)
                .until(() -> get("/parked").size() == 3
                        && get("/parked").get(2).get("eventCount").asLong() == 2);
        JsonNode first = get("/parked").get(0);
        assertThat(first.get("aggregateType").asString()).isEqualTo("order");
        assertThat(first.get("aggregateId").asString()).isEqualTo("a");
        assertThat(first.get("firstSequence").asLong()).isEqualTo(1);
        assertThat(first.get("payloadBytes").asLong()).isEqualTo(10_002);
        assertThat(first.get("reason").asString()).contains("too large");
        assertThat(first.get("released").asBoolean()).isFalse();

        HttpResponse<String> accepted =
                post("/parked/skip", "{\"aggregateType\": \"order\", \"aggregateId\": \"b\", \"firstSequence\": 3}");
        assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
        String location = accepted.headers().firstValue("Location").orElseThrow();
        assertThat(location).startsWith("/admin/relay/commands/");
        awaitPublished("b2");
        await().atMost(PATIENCE)
                .until(() -> !get(location.substring("/admin/relay".length()))
                        .get("outcome")
                        .isNull());
        JsonNode done = get("/commands").get(0);
        assertThat(done.get("command").asString()).isEqualTo("skip");
        assertThat(done.get("requestedBy").asString()).isEqualTo("alice");
        assertThat(done.get("outcome").asString()).isEqualTo("followed for 1 parked aggregates");

        assertThat(post("/parked/release", "{\"all\": true}").statusCode()).isEqualTo(202);
        awaitPublished("b2", "a2", "c2");
        await().atMost(PATIENCE).until(() -> get("/parked").isEmpty());
    }

    @Test
    void pipelineIsPausedAndResumed() throws Exception {
        runWithPassword();
        Relay relay = application.getBean(Relay.class);
        await().atMost(PATIENCE).until(() -> relay.status().state() == RelayState.STREAMING);
        assertThat(post("/pause", "{\"all\": true}").statusCode()).isEqualTo(400);
        assertThat(send("/pause", null, "{}", "application/json").statusCode()).isEqualTo(401);
        assertThat(post("/pause", "{}").statusCode()).isEqualTo(202);
        await().atMost(PATIENCE).until(() -> relay.status().state() == RelayState.PAUSED);
        database.insert("a", "1");
        assertThat(get("/commands").get(0).get("outcome").asString()).isEqualTo("paused");
        assertThat(published()).isEmpty();
        assertThat(post("/resume", "{}").statusCode()).isEqualTo(202);
        awaitPublished("1");
    }

    @Test
    void positionOfTheSlotIsAcceptedAsItWasSeen() throws Exception {
        database.insert("a", "of another publisher");
        database.query("select pg_create_logical_replication_slot('" + database.name() + "', 'pgoutput')");
        String seen = "{\"slotPosition\": \"" + database.confirmed() + "\"}";
        database.ask("pause");
        runWithPassword();
        Relay relay = application.getBean(Relay.class);
        await().atMost(PATIENCE).until(() -> relay.status().state() == RelayState.PAUSED);
        for (String body : new String[] {
            "{}",
            "{\"all\": true}",
            "{\"slotPosition\": 1}",
            "{\"slotPosition\": \"16B3748\"}",
            "{\"slotPosition\": \"0/1\", \"all\": true}"
        }) {
            assertThat(post("/accept", body).statusCode()).as(body).isEqualTo(400);
        }
        assertThat(send("/accept", null, seen, "application/json").statusCode()).isEqualTo(401);
        HttpResponse<String> elsewhere = post("/accept", "{\"slotPosition\": \"0/1\"}");
        assertThat(elsewhere.statusCode()).isEqualTo(409);
        assertThat(elsewhere.body()).contains("is confirmed up to " + database.confirmed() + ", not up to 0/1");
        assertThat(post("/accept", seen).statusCode()).isEqualTo(202);
        assertThat(get("/commands").get(0).get("slotPosition").asString())
                .isEqualTo(database.confirmed().toString());
        assertThat(post("/resume", "{}").statusCode()).isEqualTo(202);
        await().atMost(PATIENCE).until(() -> relay.status().state() == RelayState.STREAMING);
        database.insert("a", "1");
        awaitPublished("1");
        assertThat(post("/accept", seen).statusCode()).isEqualTo(409);
    }

    @Test
    void everyRequestNeedsThePassword() throws Exception {
        runWithPassword();
        for (String login : new String[] {null, "alice:wrong", "bob:s3cret", "alice", ""}) {
            for (String path : new String[] {"/parked", "/commands", "/commands/1"}) {
                HttpResponse<String> refused = send(path, login, null, "");
                assertThat(refused.statusCode()).isEqualTo(401);
                assertThat(refused.headers().firstValue("WWW-Authenticate")).contains("Basic realm=\"outbox-relay\"");
                assertThat(refused.body()).doesNotContain("s3cret");
            }
            assertThat(send("/parked/release", login, "{\"all\": true}", "application/json")
                            .statusCode())
                    .isEqualTo(401);
        }
        assertThat(database.query("select count(*) from outbox_command")).isEqualTo("0");
    }

    @Test
    void requestsThatSayNothingClearAreRefused() throws Exception {
        runWithPassword();
        park("a");
        await().atMost(PATIENCE).until(() -> get("/parked").size() == 1);
        for (String body : new String[] {
            "",
            "{}",
            "[]",
            "{\"all\": false}",
            "{\"all\": true, \"aggregateType\": \"order\"}",
            "{\"aggregateId\": \"a\"}",
            "{\"aggregateType\": \"order\", \"aggregateID\": \"a\"}",
            "{\"aggregateType\": \"order\", \"firstSequence\": 1}",
            "{\"aggregateType\": \"order\", \"aggregateId\": \"a\", \"firstSequence\": 1.5}",
            "{\"aggregateType\": 1}"
        }) {
            HttpResponse<String> refused = post("/parked/release", body);
            assertThat(refused.statusCode()).as(body).isEqualTo(400);
            assertThat(refused.headers().firstValue("Content-Type")).contains("application/problem+json");
        }
        assertThat(send("/parked/release", ALICE, "all=true", "application/x-www-form-urlencoded")
                        .statusCode())
                .isEqualTo(415);
        assertThat(post("/parked/release", "{\"aggregateType\": \"order\", \"aggregateId\": \"b\"}")
                        .statusCode())
                .isEqualTo(404);
        assertThat(send("/commands/0", ALICE, null, "").statusCode()).isEqualTo(404);
        assertThat(send("/commands/x", ALICE, null, "").statusCode()).isEqualTo(404);
        assertThat(database.query("select count(*) from outbox_command")).isEqualTo("0");
    }

    @Test
    void databaseWithoutTheTablesIsNamedWithTheRemedy() throws Exception {
        database.execute("drop table outbox_command");
        runWithPassword();
        HttpResponse<String> failed = send("/commands", ALICE, null, "");
        assertThat(failed.statusCode()).isEqualTo(503);
        assertThat(failed.body()).contains("outbox_command");
    }

    @Test
    void withoutAPasswordThereIsNoEndpoint() throws Exception {
        run();
        assertThat(send("/parked", null, null, "").statusCode()).isEqualTo(404);
    }
}
