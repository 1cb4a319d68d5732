package dev.fullstate.sample.reporting.intake;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * The progress of the report, to be compared with the {@code rebuiltAt} of a republish job: the committed offsets of the group, of all
 * instances together, because an offset is committed after its records are in the table. A partition of which no record was read yet
 * is missing.
 */
@RestController
@RequestMapping("/reports/positions")
class PositionController {

    private static final long PATIENCE_SECONDS = 10;

    private final Admin kafka;
    private final String group;

    PositionController(Admin kafka, @Value("${spring.kafka.consumer.group-id}") String group) {
        this.kafka = kafka;
        this.group = group;
    }

    @GetMapping
    List<Position> positions() {
        return committed().entrySet().stream()
                .filter(offset -> offset.getKey().topic().equals(OrderEventListener.TOPIC))
                .map(offset -> new Position(
                        offset.getKey().topic(),
                        offset.getKey().partition(),
                        offset.getValue().offset()))
                .sorted(Comparator.comparing(Position::partition))
                .toList();
    }

    private Map<TopicPartition, OffsetAndMetadata> committed() {
        try {
            return kafka.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new ResponseStatusException(
                    HttpStatus.SERVICE_UNAVAILABLE, "Kafka did not return the offsets of group " + group, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ResponseStatusException(HttpStatus.SERVICE_UNAVAILABLE, "The service is being shut down", e);
        }
    }
}
