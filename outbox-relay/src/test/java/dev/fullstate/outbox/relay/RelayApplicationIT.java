package dev.fullstate.outbox.relay;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ConfigurableApplicationContext;

import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.test.PublishedEvent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Runs the relay as an application does, on its own thread. */
class RelayApplicationIT extends RelayIntegrationTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String PAYLOAD = """
            {"text":"\\"quoted\\" Grüße 世界 🌍", "none":null,"list":[],"huge":12345678901234567890.12}""";

    private ConfigurableApplicationContext application;

    @AfterEach
    void stopRelay() {
        application.close();
    }

    @Test
    void rowsWaitWhileTheRelayIsSwitchedOffAndArriveWhenItRuns() throws SQLException {
        database.insert("a", "1");
        run("--outbox.relay.enabled=false");
        assertThat(application.getBeanNamesForType(Relay.class)).isEmpty();
        assertThat(database.query("select count(*) from outbox")).isEqualTo("1");
        assertThat(topic.all()).isEmpty();
        application.close();

        run();
        database.insert("a", "2");
        assertThat(topic.await("a", 2, PATIENCE))
                .extracting(PublishedEvent::data)
                .containsExactly("1", "2");
        assertThat(application.getBean(Relay.class).isRunning()).isTrue();
    }

    @Test
    void everyColumnArrivesInTheRecord() throws SQLException {
        run();
        insertFull();
        PublishedEvent event = topic.await("Größe:世界 🌍", 1, PATIENCE).get(0);
        assertThat(event.data()).isEqualTo(PAYLOAD);
        Map<String, String> expected = new LinkedHashMap<>();
        expected.put("ce_specversion", "1.0");
        expected.put("ce_id", "0199f0c4-8a3e-7000-8000-000000000001");
        expected.put("ce_source", "urn:service:test");
        expected.put("ce_type", "com.example.Order");
        expected.put("ce_subject", "Größe:世界 🌍");
        expected.put("ce_time", "2026-11-21T00:28:56.5Z");
        expected.put("content-type", "application/json");
        expected.put("ce_dataschema", "https://example.com/order.json");
        expected.put("ce_changeid", "0199f0c4-8a3e-5000-8000-000000000002");
        expected.put("ce_sequence", "0000000000000000001");
        expected.put("ce_entityversion", "4711");
        expected.put("ce_operation", "create");
        expected.put("ce_republishid", "0199f0c4-8a3e-7000-8000-000000000003");
        expected.put("ce_recordedtime", "2026-11-21T02:28:57Z");
        expected.put("ce_traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        expected.put("ce_tracestate", "vendor=value");
        expected.put("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        expected.put("tracestate", "vendor=value");
        expected.put("ce_tenant", "Zürich");
        assertThat(event.headers()).containsExactlyEntriesOf(expected);
        assertThat(event.cloudEvent().getSubject()).isEqualTo("Größe:世界 🌍");
    }

    @Test
    void deleteArrivesAsANullValueWithHeaders() throws SQLException {
        run();
        try (Connection connection = database.connect()) {
            OutboxDatabase.insert(connection, "a", null);
            PublishedEvent event = topic.await("a", 1, PATIENCE).get(0);
            assertThat(event.data()).isNull();
            assertThat(event.headers()).containsEntry("ce_operation", "delete").doesNotContainKey("content-type");
            assertThat(event.cloudEvent().getSubject()).isEqualTo("a");
        }
    }

    @Test
    void healthFollowsTheRelay() throws SQLException {
        database.execute("drop publication outbox");
        run("--outbox.relay.retry.max-delay=500ms");
        HealthIndicator health = application.getBean("outboxRelayHealthIndicator", HealthIndicator.class);
        await().atMost(PATIENCE).until(() -> remedy(health).contains("CREATE PUBLICATION outbox"));
        assertThat(status(health)).isEqualTo(Status.DOWN);

        database.execute("create publication outbox for table outbox"
                + " with (publish = 'insert', publish_via_partition_root = true)");
        await().atMost(PATIENCE).until(() -> status(health).equals(Status.UP));

        database.terminateWalSender();
        database.insert("a", "1");
        topic.await("a", 1, PATIENCE);

        application.close();
        assertThat(status(health)).isEqualTo(Status.OUT_OF_SERVICE);
    }

    @Test
    void stoppedRelayStartsAgain() throws SQLException {
        run();
        Relay relay = application.getBean(Relay.class);
        database.insert("a", "1");
        topic.await("a", 1, PATIENCE);
        relay.stop();
        assertThat(relay.isRunning()).isFalse();
        database.insert("a", "2");
        relay.start();
        topic.await("a", 2, PATIENCE);
        assertThat(published()).containsExactly("1", "2");
    }

    private static String remedy(HealthIndicator health) {
        return String.valueOf(
                Objects.requireNonNull(health.health()).getDetails().get("remedy"));
    }

    private static Status status(HealthIndicator health) {
        return Objects.requireNonNull(health.health()).getStatus();
    }

    private void run(String... more) {
        SpringApplication relay = new SpringApplication(RelayApplication.class);
        relay.setDefaultProperties(Map.of(
                "spring.main.web-application-type", "none",
                "spring.datasource.url", database.url(),
                "spring.datasource.username", database.server().username(),
                "spring.datasource.password", database.server().password(),
                "spring.kafka.bootstrap-servers", SharedServers.kafka().bootstrapServers(),
                "outbox.relay.slot-name", database.name(),
                "outbox.relay.topic", SteppedRelay.topic(database, "{aggregatetype}")));
        application = relay.run(more);
    }

    private void insertFull() throws SQLException {
        try (Connection connection = database.connect();
                PreparedStatement statement = connection.prepareStatement("""
                        insert into outbox (id, aggregatetype, aggregateid, type, payload, source, time, dataschema, changeid,
                                            entityversion, operation, republishid, traceparent, tracestate, extensions, created_at)
                        values ('0199f0c4-8a3e-7000-8000-000000000001', 'order', 'Größe:世界 🌍', 'com.example.Order', ?,
                                'urn:service:test', '2026-11-21 02:28:56.5+02', 'https://example.com/order.json',
                                '0199f0c4-8a3e-5000-8000-000000000002', 4711, 'create',
                                '0199f0c4-8a3e-7000-8000-000000000003',
                                '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', 'vendor=value',
                                '{"tenant": "Zürich"}', '2026-11-21 02:28:57Z')
                        """)) {
            statement.setString(1, PAYLOAD);
            statement.executeUpdate();
        }
    }
}
