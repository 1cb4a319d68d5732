package dev.fullstate.sample.orders;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import com.jayway.jsonpath.JsonPath;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.test.context.TestComponent;
import org.springframework.context.annotation.Lazy;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.test.web.servlet.client.RestTestClient;

import dev.fullstate.outbox.test.PublishedEvent;
import dev.fullstate.outbox.test.PublishedEvents;

import static org.awaitility.Awaitility.await;

/** The table that the reporting service has made from the events. */
@Lazy
@TestComponent
class Report {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final ReportingProcess process;
    private final JdbcClient jdbc;
    private final RestTestClient client;

    Report(ReportingProcess process, JdbcConnectionDetails postgres) {
        this.process = process;
        jdbc = JdbcClient.create(
                new DriverManagerDataSource(process.jdbcUrl(), postgres.getUsername(), postgres.getPassword()));
        client = RestTestClient.bindToServer().baseUrl(process.url()).build();
    }

    /** {@return everything in the table, by order, with the sequence and the time of the event that was applied} */
    List<Map<String, Object>> rows() {
        return jdbc.sql("select * from order_report order by order_id").query().listOfRows();
    }

    /** {@return what the table says of the orders: all columns but those that only tell which event has said so} */
    List<Map<String, Object>> contents() {
        return rows().stream()
                .map(row -> {
                    row.keySet().removeAll(List.of("sequence", "applied_at"));
                    return row;
                })
                .toList();
    }

    void empty() {
        client.delete()
                .uri("/reports")
                .headers(headers -> headers.setBasicAuth("admin", "admin"))
                .exchange()
                .expectStatus()
                .isNoContent();
    }

    /** Waits until everything that is in the topic now was read, by the service's own account. */
    void awaitRead(PublishedEvents published) {
        awaitPositions(published.all().stream()
                .collect(Collectors.toMap(PublishedEvent::partition, event -> event.offset() + 1, Math::max)));
    }

    /** Waits until the service says that it has read so far. */
    void awaitPositions(Map<Integer, Long> ends) {
        await().atMost(PATIENCE)
                .until(
                        this::positions,
                        positions -> ends.entrySet().stream()
                                .allMatch(end -> positions.getOrDefault(end.getKey(), 0L) >= end.getValue()));
    }

    /** By partition; empty as long as the service does not answer. */
    private Map<Integer, Long> positions() {
        if (!process.isHealthy()) {
            return Map.of();
        }
        String body = new String(
                client.get()
                        .uri("/reports/positions")
                        .exchange()
                        .expectBody()
                        .returnResult()
                        .getResponseBodyContent(),
                StandardCharsets.UTF_8);
        return offsets(JsonPath.read(body, "$"));
    }

    /** {@return the offset of each partition, out of a list as this service and a republish job give it} */
    static Map<Integer, Long> offsets(List<Map<String, Object>> partitions) {
        return partitions.stream()
                .collect(Collectors.toMap(
                        partition -> (Integer) partition.get("partition"),
                        partition -> ((Number) partition.get("offset")).longValue()));
    }
}
