package dev.fullstate.sample.reporting.intake;

import java.time.Duration;
import java.util.UUID;

import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Import;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import dev.fullstate.outbox.test.KafkaServer;
import dev.fullstate.outbox.test.PostgresServer;
import dev.fullstate.sample.reporting.DeadLetters;
import dev.fullstate.sample.reporting.OrderEvents;
import dev.fullstate.sample.reporting.ReportsApi;
import dev.fullstate.sample.reporting.TestEvent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A database that is down is not the record's fault: the record is tried again until the database is back. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@ActiveProfiles("dev")
@Import({OrderEvents.class, DeadLetters.class, ReportsApi.class})
@ExtendWith(OutputCaptureExtension.class)
@DirtiesContext
class DatabaseOutageIT {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final PostgresServer database = PostgresServer.start();
    private static final KafkaServer kafka = KafkaServer.start();

    @DynamicPropertySource
    static void servers(DynamicPropertyRegistry properties) {
        properties.add("spring.datasource.url", database::jdbcUrl);
        properties.add("spring.datasource.username", database::username);
        properties.add("spring.datasource.password", database::password);
        properties.add("spring.kafka.bootstrap-servers", kafka::bootstrapServers);
    }

    @Autowired
    private OrderEvents events;

    @Autowired
    private DeadLetters deadLetters;

    @Autowired
    private ReportsApi api;

    @AfterAll
    static void stopServers() {
        kafka.close();
        database.close();
    }

    @Test
    void recordIsTriedAgainUntilTheDatabaseIsBackAndOnlyABadOneIsSetAside(CapturedOutput output) {
        UUID before = UUID.randomUUID();
        awaitRead(events.publish(TestEvent.state(before, 1, "c-1", "CREATED")));
        UUID during = UUID.randomUUID();

        database.kill();
        events.publish(TestEvent.state(during, 2, "c-1", "CREATED"));
        events.publish(TestEvent.state(before, 3, "c-1", "PAID").without("ce_sequence"));
        RecordMetadata last = events.publish(TestEvent.state(during, 4, "c-1", "PAID"));
        await().atMost(PATIENCE).until(() -> output.getOut().contains("is tried again, after attempt 3"));
        assertThat(deadLetters.all()).isEmpty();
        assertThat(api.position(last.partition())).isLessThanOrEqualTo(last.offset() - 2);
        database.restart();
        awaitRead(last);

        assertThat(api.get("/reports/orders/" + before))
                .bodyJson()
                .extractingPath("$.status")
                .isEqualTo("CREATED");
        assertThat(api.get("/reports/orders/" + during))
                .bodyJson()
                .extractingPath("$.status")
                .isEqualTo("PAID");
        assertThat(deadLetters.all())
                .singleElement()
                .satisfies(letter -> assertThat(letter.key()).isEqualTo(before.toString()));
    }

    private void awaitRead(RecordMetadata record) {
        await().atMost(PATIENCE).until(() -> api.position(record.partition()) > record.offset());
    }
}
