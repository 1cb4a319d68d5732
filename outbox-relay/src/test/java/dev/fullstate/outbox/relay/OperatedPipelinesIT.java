package dev.fullstate.outbox.relay;

import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.fullstate.outbox.harness.server.SharedServers;

import static dev.fullstate.outbox.relay.RunningPipelines.PATIENCE;
import static dev.fullstate.outbox.relay.RunningPipelines.property;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Shows what operators see of several pipelines in one process, and how they have one of them do something. */
class OperatedPipelinesIT {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String ALICE = "alice:s3cret";

    private RunningPipelines pipelines;

    @BeforeEach
    void createDatabases() throws SQLException {
        pipelines = RunningPipelines.of("billing", "orders");
    }

    @AfterEach
    void close() throws SQLException {
        pipelines.close();
    }

    private void start(String... more) {
        String[] all = new String[more.length + 3];
        all[0] = "outbox.relay.admin.username=alice";
        all[1] = "outbox.relay.admin.password=s3cret";
        all[2] = "management.endpoint.health.show-details=always";
        System.arraycopy(more, 0, all, 3, more.length);
        pipelines.start(all);
    }

    /** Has a database that the server does not know. */
    private static String missing() {
        return property("billing", "url") + "=" + SharedServers.postgres().jdbcUrl("no_such_database");
    }

    private JsonNode get(String path) throws Exception {
        HttpResponse<String> response = pipelines.send(path, ALICE, null);
        assertThat(response.statusCode()).as(response.body()).isIn(200, 503);
        return JSON.readTree(response.body());
    }

    private HttpResponse<String> send(String path, @Nullable String body) throws Exception {
        return pipelines.send("/admin/relay" + path, ALICE, body);
    }

    @Test
    void healthNamesThePipelineThatDoesNotPublish() throws Exception {
        start(missing());
        pipelines.awaitState("orders", RelayState.STREAMING);
        pipelines.awaitState("billing", RelayState.RETRYING);
        JsonNode relay = get("/actuator/health").get("components").get("outboxRelay");
        assertThat(relay.get("status").asString()).isEqualTo("DOWN");
        JsonNode children = relay.get("components");
        assertThat(children.get("orders").get("status").asString()).isEqualTo("UP");
        assertThat(children.get("billing").get("status").asString()).isEqualTo("DOWN");
        assertThat(children.get("billing").get("details").get("problem").asString())
                .contains("no_such_database");
        assertThat(pipelines.send("/actuator/health/readiness", null, null).statusCode())
                .isEqualTo(503);
        assertThat(pipelines.send("/actuator/health/liveness", null, null).statusCode())
                .isEqualTo(200);
    }

    @Test
    void readinessMayDependOnOnePipelineAlone() throws Exception {
        start(missing(), "management.endpoint.health.group.readiness.include=readinessState,outboxRelay/orders");
        pipelines.awaitState("orders", RelayState.STREAMING);
        pipelines.awaitState("billing", RelayState.RETRYING);
        assertThat(pipelines.send("/actuator/health/readiness", null, null).statusCode())
                .isEqualTo(200);
    }

    @Test
    void metersOfEachPipelineHaveItsName() throws SQLException {
        start();
        pipelines.database("orders").insert("a", "1");
        pipelines.awaitPublished("orders", "1");
        MeterRegistry meters = pipelines.context().getBean(MeterRegistry.class);
        await().atMost(PATIENCE).until(() -> published(meters, "orders") == 1);
        assertThat(published(meters, "billing")).isZero();
        Map<String, Long> counts = meters.getMeters().stream()
                .map(Meter::getId)
                .filter(id -> id.getName().startsWith("outbox.relay."))
                .collect(Collectors.groupingBy(id -> String.valueOf(id.getTag("pipeline")), Collectors.counting()));
        assertThat(counts)
                .containsOnlyKeys(
                        pipelines.database("orders").name(),
                        pipelines.database("billing").name());
        assertThat(Set.copyOf(counts.values())).hasSize(1);
    }

    private double published(MeterRegistry meters, String pipeline) {
        return meters.get("outbox.relay.events.published")
                .tag("pipeline", pipelines.database(pipeline).name())
                .functionCounter()
                .count();
    }

    @Test
    void commandIsForThePipelineThatItNames() throws Exception {
        start();
        pipelines.awaitState("orders", RelayState.STREAMING);
        pipelines.awaitState("billing", RelayState.STREAMING);
        HttpResponse<String> unnamed = send("/pause", "{}");
        assertThat(unnamed.statusCode()).isEqualTo(400);
        assertThat(JSON.readTree(unnamed.body()).get("detail").asString())
                .isEqualTo("Name the pipeline, '?pipeline=...'; there are billing, orders");
        assertThat(send("/pause?pipeline=stock", "{}").statusCode()).isEqualTo(404);
        assertThat(send("/commands/1", null).statusCode()).isEqualTo(400);

        HttpResponse<String> accepted = send("/pause?pipeline=orders", "{}");
        assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
        String location = accepted.headers().firstValue("Location").orElseThrow();
        assertThat(location).endsWith("/commands/1?pipeline=orders");
        pipelines.awaitState("orders", RelayState.PAUSED);
        await().atMost(PATIENCE)
                .until(() -> get(location).get("outcome").asString("").equals("paused"));
        pipelines.database("orders").insert("a", "1");
        pipelines.database("billing").insert("a", "2");
        pipelines.awaitPublished("billing", "2");
        pipelines.awaitPublished("orders");

        JsonNode commands = get("/admin/relay/commands");
        assertThat(commands.get(0).get("pipeline").asString()).isEqualTo("billing");
        assertThat(commands.get(0).get("commands").size()).isZero();
        assertThat(commands.get(1).get("commands").get(0).get("requestedBy").asString())
                .isEqualTo("alice");
        assertThat(get("/admin/relay/commands?pipeline=orders").size()).isEqualTo(1);
        assertThat(send("/resume?pipeline=orders", "{}").statusCode()).isEqualTo(202);
        pipelines.awaitPublished("orders", "1");
    }

    @Test
    void databaseThatDoesNotAnswerHidesNoOther() throws Exception {
        start(missing());
        JsonNode parked = get("/admin/relay/parked");
        assertThat(parked.get(0).get("pipeline").asString()).isEqualTo("billing");
        assertThat(parked.get(0).get("problem").asString()).contains("no_such_database", "Remedy:");
        assertThat(parked.get(1).get("pipeline").asString()).isEqualTo("orders");
        assertThat(parked.get(1).get("parked").size()).isZero();
        assertThat(send("/parked?pipeline=billing", null).statusCode()).isEqualTo(503);
        assertThat(pipelines.send("/admin/relay/parked", null, null).statusCode())
                .isEqualTo(401);
    }
}
