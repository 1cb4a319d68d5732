package dev.fullstate.outbox.faults;

import java.sql.SQLException;
import java.util.Map;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.faults.load.Mix;

import static org.assertj.core.api.Assertions.assertThat;

/** Fills the topic of the positions until reading it takes longer than PostgreSQL waits for a silent client. */
@SuppressWarnings("FutureReturnValueIgnored") // A producer that is closed, or commits, waits for what was sent.
class SlowPositionTopicIT {

    private static final int OTHERS = 250_000;
    private static final int BYTES_PER_SECOND = 1_000_000;
    private static final String TOPIC = "slow.positions";

    @Test
    void relayWithALongTopicOfPositionsStartsWithoutATimeout() throws SQLException {
        Map<String, String> impatient = Map.of(
                "outbox.relay.exactly-once.position-topic", TOPIC,
                "outbox.relay.wal-sender-timeout", "8s",
                "outbox.relay.kafka-timeout", "1s");
        try (Scenario scenario = Scenario.of(Mix.ORDINARY, impatient)) {
            scenario.startRelay();
            scenario.workload.commit(100);
            scenario.awaitAllPublished();
            scenario.prepareRelay();
            long timeouts = scenario.outbox.walSenderTimeoutCount();
            // The relay's own position lies before all of them.
            writePositionsOfOthers();
            scenario.workload.commit(100);
            Servers.BROKER.link().throttle(BYTES_PER_SECOND);

            scenario.startRelay();
            scenario.awaitAllPublished();
            Servers.BROKER.link().heal();

            assertThat(scenario.outbox.walSenderTimeoutCount()).isEqualTo(timeouts);
            scenario.assertExactlyOnce();
        }
    }

    private static void writePositionsOfOthers() {
        try (Producer<String, String> producer = new KafkaProducer<>(Map.of(
                "bootstrap.servers", Servers.BROKER.bootstrapServers(),
                "key.serializer", StringSerializer.class,
                "value.serializer", StringSerializer.class))) {
            for (int i = 0; i < OTHERS; i++) {
                producer.send(new ProducerRecord<>(TOPIC, "7000000000000000000-other-" + i, "0/" + i));
            }
        }
    }
}
