package dev.fullstate.outbox.relay;

import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.relay.failure.FailureKind;
import dev.fullstate.outbox.relay.failure.KafkaFailure;
import dev.fullstate.outbox.test.PostgresServer;
import dev.fullstate.outbox.test.PublishedEvents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Shows that the table knows failures as the real PostgreSQL and the real Kafka report them. */
class ReportedFailuresIT extends RelayIntegrationTest {

    private static final Duration TRANSACTION_TIMEOUT = Duration.ofSeconds(60);

    @Test
    void relayWhoseProducerWasReplacedNamesPossibleCausesAndGoesOn() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            String pipeline =
                    database.query("select system_identifier from pg_control_system()") + "-" + database.name();
            try (KafkaProducer<byte[], byte[]> other = producer("outbox-relay-" + pipeline, TRANSACTION_TIMEOUT)) {
                other.initTransactions();
            }
            database.insert("a", "1");
            relay.stepUntil(RelayState.RETRYING);
            // A broker answers a record of a replaced producer as one of a producer whose transaction has timed out.
            assertThat(relay.problem().kind()).isEqualTo(FailureKind.REPLAY);
            assertThat(relay.problem().remedy()).contains("outbox.relay.slot-name", "transaction-timeout");

            relay.stepUntil(topic, 1);
            assertThat(relay.state()).isEqualTo(RelayState.STREAMING);
        }
        assertThat(published()).containsExactly("1");
    }

    @Test
    void commitOfAReplacedProducerIsFenced() throws Exception {
        try (Admin admin = Admin.create(
                        Map.of("bootstrap.servers", SharedServers.kafka().bootstrapServers()));
                KafkaProducer<byte[], byte[]> first = producer(database.name(), TRANSACTION_TIMEOUT);
                KafkaProducer<byte[], byte[]> second = producer(database.name(), TRANSACTION_TIMEOUT)) {
            admin.createTopics(List.of(new NewTopic(database.name(), 1, (short) 1)))
                    .all()
                    .get(2, TimeUnit.MINUTES);
            first.initTransactions();
            first.beginTransaction();
            first.send(new ProducerRecord<>(database.name(), new byte[0])).get(2, TimeUnit.MINUTES);
            second.initTransactions();
            KafkaException fenced = catchThrowableOfType(KafkaException.class, first::commitTransaction);
            assertThat(KafkaFailure.of(fenced)).isEqualTo(KafkaFailure.FENCED);
        }
    }

    @Test
    void transactionTimeoutBeyondTheBrokersIsAPermanentFailure() {
        try (KafkaProducer<byte[], byte[]> producer = producer("too-patient", Duration.ofDays(1))) {
            KafkaException refused = catchThrowableOfType(KafkaException.class, producer::initTransactions);
            assertThat(KafkaFailure.of(refused)).isEqualTo(KafkaFailure.TRANSACTION_TIMEOUT_NOT_ALLOWED);
        }
    }

    @Test
    void unknownBootstrapServerIsAPermanentFailure() {
        try (SteppedRelay relay = SteppedRelay.of(database, Map.of("bootstrap.servers", "no-such-host.invalid:9092"))) {
            relay.step();
            assertThat(relay.state()).isEqualTo(RelayState.RETRYING);
            assertThat(relay.problem().kind()).isEqualTo(FailureKind.PERMANENT);
            assertThat(relay.problem().message()).contains("bootstrap.servers");
            assertThat(relay.problem().remedy()).contains("spring.kafka.*");
        }
    }

    @Test
    void slotWhoseWalIsGoneIsCreatedAgainAndItsRowsAreFoundInTheTable() throws SQLException {
        Map<String, String> settings = Map.of("max_slot_wal_keep_size", "1MB", "max_wal_size", "32MB");
        try (PostgresServer server = PostgresServer.start(0, settings)) {
            OutboxDatabase lossy = OutboxDatabase.migrated(server);
            try (SteppedRelay relay = SteppedRelay.of(lossy)) {
                relay.stepUntil(RelayState.STREAMING);
            }
            lossy.terminateSessions();
            lossy.insert("a", "1");
            for (int segment = 0; segment < 4; segment++) {
                lossy.query("select pg_logical_emit_message(true, '', '')");
                lossy.query("select pg_switch_wal()");
            }
            lossy.execute("checkpoint");
            assertThat(lossy.query("select wal_status from pg_replication_slots"))
                    .isEqualTo("lost");
            try (SteppedRelay relay = SteppedRelay.of(lossy);
                    PublishedEvents events = PublishedEvents.of(
                            SharedServers.kafka().bootstrapServers(), SteppedRelay.topic(lossy, "order"))) {
                relay.stepUntil(RelayState.STREAMING);
                relay.stepUntil(events, 1);
            }
        }
    }

    private static KafkaProducer<byte[], byte[]> producer(String transactionalId, Duration transactionTimeout) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("bootstrap.servers", SharedServers.kafka().bootstrapServers());
        properties.put("transactional.id", transactionalId);
        properties.put("transaction.timeout.ms", (int) transactionTimeout.toMillis());
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }
}
