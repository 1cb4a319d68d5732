package dev.fullstate.outbox.test;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class KafkaRestartTest {

    @Test
    void brokerGoesOnWithTheFilesOfItsPredecessor(@TempDir Path folder) throws Exception {
        try (KafkaServer first = KafkaServer.startIn(folder, 0, Map.of());
                Admin admin = Admin.create(Map.of("bootstrap.servers", first.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic("orders", 1, (short) 1)))
                    .all()
                    .get();
        }
        assertThat(folder).isNotEmptyDirectory();
        try (KafkaServer second = KafkaServer.startIn(folder, 0, Map.of());
                Admin admin = Admin.create(Map.of("bootstrap.servers", second.bootstrapServers()))) {
            assertThat(admin.listTopics().names().get()).containsExactly("orders");
        }
    }
}
