package dev.fullstate.outbox.relay;

import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Future;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.StringSerializer;

import dev.fullstate.outbox.contract.EventHeaders;
import dev.fullstate.outbox.test.KafkaServer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** An event that consumers have and whose row the database does not have any more. */
final class LostRow {

    private LostRow() {}

    static void publish(KafkaServer kafka, String topic, String key, String source, long sequence, UUID id) {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new StringSerializer(),
                new StringSerializer())) {
            ProducerRecord<String, String> event = new ProducerRecord<>(topic, key, "{}");
            Headers headers = event.headers();
            headers.add(EventHeaders.SPEC_VERSION, "1.0".getBytes(UTF_8));
            headers.add(EventHeaders.ID, id.toString().getBytes(UTF_8));
            headers.add(EventHeaders.SOURCE, source.getBytes(UTF_8));
            headers.add(EventHeaders.TYPE, "com.example.order".getBytes(UTF_8));
            headers.add(EventHeaders.SEQUENCE, "%019d".formatted(sequence).getBytes(UTF_8));
            headers.add(EventHeaders.RECORDED_TIME, "2126-01-01T00:00:00Z".getBytes(UTF_8));
            Future<?> sent = producer.send(event);
            producer.flush();
            assertThat(sent).isDone();
        }
    }
}
