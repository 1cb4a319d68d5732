package dev.fullstate.sample.orders;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.jdbc.core.simple.JdbcClient;

import dev.fullstate.outbox.test.PublishedEvents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The relay publishes a row and says so; the service takes that for leave to remove it. */
@WholeService
class RetiredLeafIT {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private KafkaConnectionDetails kafka;

    @Test
    void oldRowIsPublishedAndThenRemoved() {
        jdbc.sql("""
                        insert into outbox (id, aggregatetype, aggregateid, type, payload, source, changeid, operation, bucket,
                                            created_at)
                        values (gen_random_uuid(), 'old', 'old-1', 'T', '{}', 'urn:test', gen_random_uuid(), 'update',
                                mod(floor(extract(epoch from now()) / 86400)::bigint - 9, 16), now() - interval '9 days')
                        """).update();

        await().atMost(PATIENCE)
                .until(() -> jdbc.sql("select count(*) from outbox where aggregatetype = 'old'")
                        .query(Integer.class)
                        .single()
                        .equals(0));
        try (PublishedEvents published =
                PublishedEvents.of(String.join(",", kafka.getBootstrapServers()), "outbox.event.old")) {
            assertThat(published.await("old-1", 1, PATIENCE)).hasSize(1);
        }
    }
}
