package dev.fullstate.outbox.relay;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.kafka.core.ProducerFactory;

import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.relay.RelayStatus.Problem;
import dev.fullstate.outbox.relay.failure.FailureKind;
import dev.fullstate.outbox.relay.publish.PublisherSettings.Delivery;
import dev.fullstate.outbox.test.PublishedEvent;
import dev.fullstate.outbox.test.PublishedEvents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Changes a password while the relay runs: until the application learns the new one the relay names the user, and then it goes on without a
 * restart, with nothing lost and, with exactly-once delivery, nothing repeated.
 */
class RotatedPasswordIT extends RelayIntegrationTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private ConfigurableApplicationContext application;
    private int written;

    @AfterEach
    void stopRelay() {
        application.close();
    }

    @Test
    void passwordOfTheDatabase() throws SQLException {
        String role = database.name() + "_relay";
        database.createRelayRole(role);
        run(Map.of(
                "spring.datasource.username",
                role,
                "spring.datasource.password",
                "secret",
                "spring.kafka.bootstrap-servers",
                SharedServers.kafka().bootstrapServers()));
        database.insert("a", "1");
        topic.await("a", 1, PATIENCE);

        database.execute("alter role " + role + " password 'rotated'");
        database.terminateSessions();
        database.insert("a", "2");
        Problem problem = awaitProblemOf('"' + role + '"', () -> {});
        assertThat(problem.kind()).isEqualTo(FailureKind.PERMANENT);
        assertThat(problem.message()).doesNotContain("secret");
        assertThat(problem.remedy()).contains("spring.datasource.password", "reads them again");

        application.getBean(DataSourceProperties.class).setPassword("rotated");
        topic.await("a", 2, PATIENCE);
        database.insert("a", "3");
        awaitPublished("1", "2", "3");
    }

    @ParameterizedTest
    @EnumSource
    void passwordOfKafka(Delivery delivery, @TempDir Path folder) throws Exception {
        try (SecuredKafka kafka = SecuredKafka.start(folder);
                PublishedEvents events = PublishedEvents.of(kafka.open(), SteppedRelay.topic(database, "order"))) {
            kafka.setPassword("orders-relay", "secret");
            kafka.allowAll("User:orders-relay");
            Map<String, Object> properties = new HashMap<>();
            kafka.client("orders-relay", "secret")
                    .forEach((name, value) -> properties.put("spring.kafka.properties." + name, value));
            properties.put("spring.kafka.bootstrap-servers", kafka.withScram());
            properties.put("spring.datasource.username", database.server().username());
            properties.put("spring.datasource.password", database.server().password());
            properties.put("outbox.relay.delivery", delivery.name());
            run(properties);
            write();
            events.await("a", 1, PATIENCE);

            kafka.setPassword("orders-relay", "rotated");
            // Connections outlive their password for a while, and one that has nothing to send is not missed.
            Problem problem = awaitProblemOf("'orders-relay'", this::write);
            assertThat(problem.kind()).isEqualTo(FailureKind.PERMANENT);
            assertThat(problem.message()).doesNotContain("secret");
            assertThat(problem.remedy()).contains("spring.kafka.*", "reads them again");

            ProducerFactory<?, ?> producers = application.getBean(ProducerFactory.class);
            producers.updateConfigs(Map.of("sasl.jaas.config", SecuredKafka.jaas("orders-relay", "rotated")));
            write();
            String[] all =
                    IntStream.rangeClosed(1, written).mapToObj(String::valueOf).toArray(String[]::new);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(published(events, delivery)).containsExactly(all));
        }
    }

    /** Events that may come repeatedly count once. */
    private static List<@Nullable String> published(PublishedEvents events, Delivery delivery) {
        Stream<@Nullable String> data = events.all().stream().map(PublishedEvent::data);
        return (delivery == Delivery.EXACTLY_ONCE ? data : data.distinct()).toList();
    }

    private void write() {
        try {
            written++;
            database.insert("a", String.valueOf(written));
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private Problem awaitProblemOf(String user, Runnable eachTime) {
        Relay relay = application.getBean(Relay.class);
        return await().atMost(PATIENCE)
                .until(
                        () -> {
                            eachTime.run();
                            return relay.status().problem();
                        },
                        problem -> problem != null && problem.message().contains(user));
    }

    private void run(Map<String, Object> properties) {
        SpringApplication relay = new SpringApplication(RelayApplication.class);
        Map<String, Object> all = new HashMap<>(properties);
        all.put("spring.main.web-application-type", "none");
        all.put("spring.datasource.url", database.url());
        all.put("outbox.relay.retry.max-delay", "500ms");
        // A broker that is slow on a busy machine is not a failure.
        all.put("outbox.relay.kafka-timeout", "6s");
        all.put("outbox.relay.wal-sender-timeout", "60s");
        all.put("outbox.relay.slot-name", database.name());
        all.put("outbox.relay.topic", SteppedRelay.topic(database, "{aggregatetype}"));
        relay.setDefaultProperties(all);
        application = relay.run();
    }
}
