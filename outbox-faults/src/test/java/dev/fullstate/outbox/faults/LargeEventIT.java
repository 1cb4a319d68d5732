package dev.fullstate.outbox.faults;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.fullstate.outbox.faults.load.Mix;
import dev.fullstate.outbox.faults.relay.RelayProcess;

/** Publishes events of 50 MB, where the producer and the topic allow them: some of them together are larger than the heap. */
@Tag("long")
class LargeEventIT {

    private static final int PAYLOAD_BYTES = 50_000_000;
    private static final String LIMIT = "60000000";
    private static final int ROWS = 12;

    @ParameterizedTest
    @EnumSource
    void eventsOfFiftyMegabytesPassThroughAHeapThatHoldsAFewOfThem(Delivery delivery) throws Exception {
        Map<String, String> properties =
                Map.of(Delivery.PROPERTY, delivery.value(), "spring.kafka.producer.properties.max.request.size", LIMIT);
        try (Scenario scenario = Scenario.of(Mix.ORDINARY, properties).with("-Xmx448m")) {
            createTopic(scenario.outbox.topic());
            // Half of them come from the table, and half from the stream.
            write(scenario, 0);
            RelayProcess relay = scenario.startRelay();
            write(scenario, ROWS / 2);
            scenario.awaitAllPublished();
            if (!relay.isAlive()) {
                throw new AssertionError(relay.endOfLog());
            }
            scenario.assertKept(delivery);
        }
    }

    private static void createTopic(String name) throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", Servers.BROKER.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(name, 1, (short) 1).configs(Map.of("max.message.bytes", LIMIT))))
                    .all()
                    .get();
        }
    }

    /** Writes half of the rows, each of another aggregate. */
    private static void write(Scenario scenario, int firstKey) throws SQLException {
        scenario.outbox.execute("""
                insert into outbox (id, aggregatetype, aggregateid, type, payload, source, changeid, entityversion, operation)
                select gen_random_uuid(), 'order', 'key-' || n, 'com.example.Order', '"' || repeat(md5(n::text), %d) || '"',
                       'urn:service:faults', gen_random_uuid(), 1, 'update'
                  from generate_series(%d, %d) n
                """.formatted(PAYLOAD_BYTES / 32, firstKey, firstKey + ROWS / 2 - 1));
    }
}
