package dev.fullstate.sample.orders;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.jayway.jsonpath.JsonPath;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.web.servlet.client.assertj.RestTestClientResponse;
import org.springframework.util.FileSystemUtils;

import dev.fullstate.outbox.test.KafkaServer;
import dev.fullstate.outbox.test.PostgresServer;
import dev.fullstate.outbox.test.PublishedEvent;
import dev.fullstate.outbox.test.PublishedEvents;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The database of the service is brought back to a snapshot of its storage, which lacks an order, a change and a delete that consumers
 * have. The steps of the documentation, and no others, give consumers what the database has.
 */
class RestoredServiceIT {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Pattern RESUME = Pattern.compile("(/admin/republish/[-0-9a-f]{36})/resume");

    @TempDir
    private Path snapshot;

    private final KafkaServer kafka = KafkaServer.start();
    private final PublishedEvents published = PublishedEvents.of(kafka.bootstrapServers(), "outbox.event.order");
    private PostgresServer postgres = PostgresServer.start();

    @AfterEach
    void stopServers() {
        published.close();
        postgres.close();
        kafka.close();
    }

    @Test
    void consumersHaveTheRestoredOrdersWhenTheJobOfTheRelayIsResumed() throws IOException {
        try (ConfigurableApplicationContext service = start("report")) {
            OrdersApi api = new OrdersApi(service.getEnvironment());
            Set<String> lost = restore(api);

            // Beside it there may be the gap, as long as it is filled.
            String warning =
                    await().atMost(PATIENCE).until(() -> String.join("\n", warnings(api)), RESUME.asPredicate());
            assertThat(warning).contains("events of " + lost.size() + " aggregates of type 'order'");
            Matcher resume = RESUME.matcher(warning);
            assertThat(resume.find()).isTrue();
            String job = resume.group(1);
            assertThat(jobs(api, "id")).containsExactly(idOf(job));
            assertThat(jobs(api, "state")).containsExactly("PAUSED");
            assertThat(copy()).isNotEqualTo(orders(service, api));

            assertThat(api.postAs("admin", resume.group(), "")).hasStatus(200);

            awaitRebuilt(api, job);
            awaitRepublished(service, api, job, lost);
            await().atMost(PATIENCE).until(() -> warnings(api).isEmpty());
        }
    }

    @Test
    void consumersHaveTheRestoredOrdersByThemselvesWhereTheGapIsRepublished() throws IOException {
        try (ConfigurableApplicationContext service = start("republish")) {
            OrdersApi api = new OrdersApi(service.getEnvironment());
            Set<String> lost = restore(api);

            String job = "/admin/republish/"
                    + await().atMost(PATIENCE)
                            .until(() -> jobs(api, "id"), jobs -> !jobs.isEmpty())
                            .get(0);

            awaitRebuilt(api, job);
            awaitRepublished(service, api, job, lost);
            await().atMost(PATIENCE).until(() -> warnings(api).isEmpty());
        }
    }

    /** Waits, since the partitions of one Kafka transaction become readable one after the other. */
    private void awaitRepublished(ConfigurableApplicationContext service, OrdersApi api, String job, Set<String> keys) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(keysOf(job)).isEqualTo(keys);
            assertThat(copy()).isEqualTo(orders(service, api));
        });
    }

    private ConfigurableApplicationContext start(String gap) {
        return SpringApplication.from(OrderServiceApplication::main)
                .withAdditionalProfiles("dev")
                .run(
                        "--server.port=0",
                        "--spring.datasource.url=" + postgres.jdbcUrl(),
                        "--spring.datasource.username=" + postgres.username(),
                        "--spring.datasource.password=" + postgres.password(),
                        "--spring.kafka.bootstrap-servers=" + kafka.bootstrapServers(),
                        "--outbox.republish.poll-interval=200ms",
                        "--outbox.relay.gap=" + gap)
                .getApplicationContext();
    }

    /** {@return the orders of which consumers have an event that the database, brought back, does not have} */
    private Set<String> restore(OrdersApi api) throws IOException {
        String kept = api.newOrder();
        String changed = api.newOrder();
        String deleted = api.newOrder();
        List.of(kept, changed, deleted).forEach(order -> awaitEvents(order, 1));
        postgres.stopImmediately();
        FileSystemUtils.copyRecursively(postgres.dataFolder(), snapshot);
        postgres.restart();
        awaitDatabase(api, kept);

        String created = api.newOrder();
        assertThat(api.put(changed + "/items/prod-7", "{\"quantity\": 7}")).hasStatus(200);
        assertThat(api.delete(deleted)).hasStatus(204);
        awaitEvents(created, 1);
        awaitEvents(changed, 2);
        awaitEvents(deleted, 2);
        postgres.close();
        postgres = PostgresServer.startOn(
                folder -> FileSystemUtils.copyRecursively(snapshot, folder), postgres.port(), Map.of());
        awaitDatabase(api, deleted);
        return Set.of(idOf(created), idOf(changed), idOf(deleted));
    }

    private void awaitEvents(String order, int count) {
        published.await(idOf(order), count, PATIENCE);
    }

    private static void awaitDatabase(OrdersApi api, String order) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(api.get(order)).hasStatus(200));
    }

    private static List<String> warnings(OrdersApi api) {
        return JsonPath.read(OrdersApi.body(api.getAs("admin", "/actuator/health")), "$..warnings[*]");
    }

    private static List<String> jobs(OrdersApi api, String member) {
        RestTestClientResponse jobs = api.getAs("admin", "/admin/republish");
        assertThat(jobs).hasStatus(200);
        return JsonPath.read(OrdersApi.body(jobs), "$[*]." + member);
    }

    private static void awaitRebuilt(OrdersApi api, String job) {
        await().atMost(PATIENCE)
                .until(() -> JsonPath.read(OrdersApi.body(api.getAs("admin", job)), "$.rebuiltAt"), Objects::nonNull);
    }

    private Set<String> keysOf(String job) {
        return published.all().stream()
                .filter(event -> idOf(job).equals(event.headers().get("ce_republishid")))
                .map(PublishedEvent::key)
                .collect(toSet());
    }

    /** {@return the copy of a consumer that applies, per key, only higher sequences, and deletes on a delete} */
    private Map<String, Object> copy() {
        Map<String, PublishedEvent> applied = new TreeMap<>();
        for (PublishedEvent event : published.all()) {
            applied.merge(event.key(), event, (old, next) -> sequence(next).compareTo(sequence(old)) > 0 ? next : old);
        }
        Map<String, Object> copy = new TreeMap<>();
        applied.forEach((key, event) -> {
            if (!"delete".equals(event.headers().get("ce_operation"))) {
                copy.put(key, contents(Objects.requireNonNull(event.data())));
            }
        });
        return copy;
    }

    private static String sequence(PublishedEvent event) {
        return Objects.requireNonNull(event.headers().get("ce_sequence"));
    }

    /** {@return the orders that the database has} */
    private static Map<String, Object> orders(ConfigurableApplicationContext service, OrdersApi api) {
        Map<String, Object> orders = new TreeMap<>();
        service.getBean(JdbcClient.class)
                .sql("select order_id::text from orders")
                .query(String.class)
                .list()
                .forEach(id -> orders.put(id, contents(OrdersApi.body(api.get("/orders/" + id)))));
        return orders;
    }

    private static Object contents(String order) {
        return JsonPath.read(order, "$['customer', 'items', 'status', 'totalAmount']");
    }

    private static String idOf(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
