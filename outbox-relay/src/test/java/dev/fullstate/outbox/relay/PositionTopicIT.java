package dev.fullstate.outbox.relay;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Each start reads the topic of the positions as a whole, so it has to stay small, however long the relay has run. */
class PositionTopicIT extends RelayIntegrationTest {

    private static final ConfigResource POSITIONS = new ConfigResource(ConfigResource.Type.TOPIC, "positions");

    @Test
    void topicIsCompactedInSmallSteps() throws ExecutionException, InterruptedException {
        try (SteppedRelay relay = SteppedRelay.of(database);
                Admin admin = Admin.create(Map.of("bootstrap.servers", Servers.KAFKA.bootstrapServers()))) {
            relay.stepUntil(RelayState.STREAMING);
            Config configuration =
                    admin.describeConfigs(List.of(POSITIONS)).all().get().get(POSITIONS);
            assertThat(configuration.get("cleanup.policy").value()).isEqualTo("compact");
            assertThat(Long.parseLong(configuration.get("segment.bytes").value()))
                    .isLessThan(10_000_000);
            assertThat(Long.parseLong(configuration.get("delete.retention.ms").value()))
                    .isLessThan(600_000);
            assertThat(admin.describeTopics(List.of(POSITIONS.name()))
                            .allTopicNames()
                            .get()
                            .get(POSITIONS.name())
                            .partitions())
                    .hasSize(1);
        }
    }
}
