package dev.fullstate.sample.orders;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

import com.jayway.jsonpath.JsonPath;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.web.servlet.client.assertj.RestTestClientResponse;

import dev.fullstate.outbox.test.PublishedEvent;
import dev.fullstate.outbox.test.PublishedEvents;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The whole way: orders over HTTP, outbox, relay, Kafka, and the table of the reporting service, a process that knows of the events and
 * nothing else. Repeated events, in any number and order, leave the table unchanged; after it was emptied, a republish makes it complete
 * again.
 */
@SampleServices
class RebuiltReportIT {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String TOPIC = "outbox.event.order";
    private static final String GROUP = "reporting-service";

    @Autowired
    private OrdersApi api;

    @Autowired
    private ReportingProcess reporting;

    @Autowired
    private Report report;

    @Autowired
    private JdbcClient orders;

    @Autowired
    private KafkaConnectionDetails kafka;

    private OrderTraffic traffic;
    private PublishedEvents published;

    @BeforeEach
    void openTopic() {
        traffic = new OrderTraffic(api);
        published = PublishedEvents.of(servers(), TOPIC);
    }

    @AfterEach
    void closeTopic() {
        published.close();
    }

    @Test
    void tableIsTheSameAfterRepeatsAReplayFromTheBeginningAndTwoRepublishes() throws Exception {
        placeChangeAndDeleteOrders();
        // A test that has emptied the table before has removed the rows of deleted orders too.
        replayFromTheBeginning();
        List<Map<String, Object>> rows = report.rows();
        List<Map<String, Object>> contents = report.contents();
        assertThat(existing(contents)).hasSizeGreaterThan(10).isEqualTo(truth());
        assertThat(contents).filteredOn(row -> (boolean) row.get("deleted")).hasSizeGreaterThan(2);

        publishEverythingAgainShuffled();
        report.awaitRead(published);
        assertThat(report.rows()).isEqualTo(rows);

        replayFromTheBeginning();
        assertThat(report.rows()).isEqualTo(rows);

        republish();
        assertThat(report.contents()).isEqualTo(contents);
        assertThat(report.rows()).as("The events of the job were applied").isNotEqualTo(rows);
        republish();
        assertThat(report.contents()).isEqualTo(contents);
    }

    @Test
    void emptiedTableIsCompleteAfterARepublishExceptForWhatWasDeleted() {
        placeChangeAndDeleteOrders();
        List<Map<String, Object>> contents = report.contents();

        report.empty();
        assertThat(report.rows()).isEmpty();
        republish();

        assertThat(report.contents()).isEqualTo(existing(contents)).isEqualTo(truth());
    }

    @Test
    void tableThatIsRebuiltBesideLiveTrafficIsThatOfTheOrders() throws Exception {
        List<String> paths = placeChangeAndDeleteOrders();
        AtomicBoolean rebuilt = new AtomicBoolean();
        ExecutorService writers = Executors.newFixedThreadPool(2);
        try {
            List<Future<?>> changes = List.of(
                    writers.submit(() -> traffic.keepChanging(paths, new Random(1), rebuilt)),
                    writers.submit(() -> traffic.keepChanging(paths, new Random(2), rebuilt)));
            report.empty();
            republish();
            rebuilt.set(true);
            for (Future<?> change : changes) {
                change.get();
            }
        } finally {
            rebuilt.set(true);
            writers.shutdown();
        }
        awaitLastChange();

        assertThat(existing(report.contents())).isEqualTo(truth());
    }

    private List<String> placeChangeAndDeleteOrders() {
        List<String> changeable = traffic.placeChangeAndDelete();
        awaitLastChange();
        return changeable;
    }

    /** The relay publishes in commit order, so when an order's event has arrived, everything committed before it has, too. */
    private void awaitLastChange() {
        published.await(OrdersApi.orderId(api.newOrder()), 1, PATIENCE);
        // The partitions of one Kafka transaction become readable one after the other, but all before the next
        // transaction.
        published.await(OrdersApi.orderId(api.newOrder()), 1, PATIENCE);
        report.awaitRead(published);
    }

    /** Returns when the consumer has read as far as the job says that it has to. */
    private void republish() {
        RestTestClientResponse started = api.postAs("admin", "/admin/republish", "{\"aggregateTypes\": [\"order\"]}");
        assertThat(started).hasStatus(202);
        String job = OrdersApi.location(started);
        List<Map<String, Object>> rebuiltAt = await().atMost(PATIENCE)
                .until(() -> JsonPath.read(OrdersApi.body(api.getAs("admin", job)), "$.rebuiltAt"), Objects::nonNull);
        report.awaitPositions(Report.offsets(rebuiltAt));
    }

    private void publishEverythingAgainShuffled() throws Exception {
        List<PublishedEvent> events = new ArrayList<>(published.all());
        Collections.shuffle(events, new Random(7));
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", servers()), new StringSerializer(), new StringSerializer())) {
            for (PublishedEvent event : events) {
                ProducerRecord<String, String> repeat =
                        new ProducerRecord<>(TOPIC, event.partition(), event.key(), event.data());
                event.headers().forEach((name, value) -> repeat.headers().add(name, value.getBytes(UTF_8)));
                producer.send(repeat).get();
            }
        }
    }

    /** As with {@code kafka-consumer-groups.sh --reset-offsets --to-earliest}, which works only while the group has no members. */
    private void replayFromTheBeginning() throws Exception {
        reporting.stop();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers()))) {
            await().atMost(PATIENCE).until(() -> stateOfGroup(admin), GroupState.EMPTY::equals);
            Map<TopicPartition, OffsetAndMetadata> beginning = new HashMap<>();
            admin.listConsumerGroupOffsets(GROUP)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .keySet()
                    .forEach(partition -> beginning.put(partition, new OffsetAndMetadata(0)));
            assertThat(beginning).isNotEmpty();
            admin.alterConsumerGroupOffsets(GROUP, beginning).all().get();
        }
        reporting.start();
        report.awaitRead(published);
    }

    private static GroupState stateOfGroup(Admin admin) throws Exception {
        return admin.describeConsumerGroups(List.of(GROUP))
                .all()
                .get()
                .get(GROUP)
                .groupState();
    }

    private static List<Map<String, Object>> existing(List<Map<String, Object>> rows) {
        return rows.stream().filter(row -> !(boolean) row.get("deleted")).toList();
    }

    /** {@return the expected report, from the tables of the orders} */
    private List<Map<String, Object>> truth() {
        return orders.sql("""
                select order_id, false as deleted, version as entity_version, customer_id, status,
                       count(*)::integer as item_count, sum(quantity * price) as total_amount, last_updated
                from orders join order_item using (order_id)
                group by order_id
                order by order_id
                """).query().listOfRows();
    }

    private String servers() {
        return String.join(",", kafka.getBootstrapServers());
    }
}
