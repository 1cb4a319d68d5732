package dev.fullstate.outbox.relay;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.fullstate.outbox.contract.OutboxMigration;
import dev.fullstate.outbox.contract.OutboxNames;
import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.relay.wal.WalSettings;
import dev.fullstate.outbox.relay.wal.WalSource;
import dev.fullstate.outbox.test.PostgresServer;
import dev.fullstate.outbox.test.PublishedEvents;

import static org.assertj.core.api.Assertions.assertThat;

/** Runs relays on a database with several outboxes and other people's publications, and on a server with synchronous standbys. */
@ExtendWith(OutputCaptureExtension.class)
class SharedDatabaseIT extends RelayIntegrationTest {

    private static final OutboxNames OTHER = new OutboxNames("My orders", "events", "My publication");

    private void createOther() throws SQLException {
        database.execute("create publication everything for all tables; create schema \"My orders\";"
                + " set search_path to \"My orders\"; " + OutboxMigration.script(OTHER)
                + "; set search_path to public");
    }

    private static UnaryOperator<WalSettings> reading(String publication, String slotName) {
        return wal -> ChangedSettings.of(wal)
                .publication(publication)
                .slotName(slotName)
                .settings();
    }

    private void insertIntoOther(String payload) throws SQLException {
        database.execute(
                OTHER.sql("insert into {outbox} (id, aggregatetype, aggregateid, type, payload, source, changeid,"
                        + " operation) values (gen_random_uuid(), 'order', 'a', 'T', '" + payload
                        + "', 'urn:test', gen_random_uuid(), 'update')"));
    }

    @Test
    void eachRelayPublishesItsOwnOutboxAndNotesItsProgressBesideIt() throws SQLException {
        createOther();
        String slot = database.name() + "_other";
        insertIntoOther("other 1");
        database.insert("a", "1");
        try (SteppedRelay relay = SteppedRelay.of(database, Map.of(), reading(OTHER.publication(), slot))) {
            relay.stepUntil(topic, 1);
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "2");
            insertIntoOther("other 2");
            relay.stepUntil(topic, 2);
        }
        assertThat(published()).containsExactly("other 1", "other 2");
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(topic, 4);
        }
        assertThat(published()).containsExactly("other 1", "other 2", "1", "2");
        assertThat(database.query(OTHER.sql("select string_agg(pipeline, ',') from {outbox_relay}")))
                .isEqualTo(slot);
        assertThat(database.query("select string_agg(pipeline, ',') from outbox_relay"))
                .isEqualTo(database.name());
        database.query("select pg_drop_replication_slot('" + slot + "')");
    }

    @Test
    void foreignTableUnderThePublicationsNameIsNotStreamed() throws SQLException {
        database.execute(
                "drop publication outbox; create table \"Foreign\" (id int primary key); create publication outbox for"
                        + " table \"Foreign\" with (publish = 'insert', publish_via_partition_root = true)");
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.RETRYING);
            assertThat(relay.problem().message()).contains("public.Foreign", "cannot be an outbox");
            assertThat(relay.problem().remedy()).contains("outbox.relay.publication");
            assertThat(database.hasSlot()).isFalse();
        }
    }

    @Test
    void commitWaitsOnlyForTheRelayThatCountsAsTheSynchronousStandby(CapturedOutput output) throws Exception {
        try (PostgresServer server = PostgresServer.start();
                OutboxDatabase synchronous = OutboxDatabase.migrated(server);
                Connection writer = synchronous.connect();
                PublishedEvents events = PublishedEvents.of(
                        SharedServers.kafka().bootstrapServers(), SteppedRelay.topic(synchronous, "order"))) {
            synchronous.execute("alter system set synchronous_standby_names = '*'");
            synchronous.execute("select pg_reload_conf()");
            WalSource.of(SteppedRelay.wal(synchronous)).preflight();
            assertThat(output).contains("synchronous_standby_names is '*'");
            try (SteppedRelay relay = SteppedRelay.of(synchronous)) {
                relay.stepUntil(RelayState.STREAMING);
                CompletableFuture<Void> commit = CompletableFuture.runAsync(() -> insert(writer));
                relay.stepUntil(events, 1);
                assertThat(commit).isNotDone();
                // The relay learns of its commit a moment after consumers do.
                relay.stepUntil(() -> {
                    relay.moveTime(Duration.ofMillis(200));
                    return commit.isDone();
                });
                assertThat(commit).isCompleted();
            }
            synchronous.execute("alter system reset synchronous_standby_names");
            synchronous.execute("select pg_reload_conf()");
        }
    }

    private static void insert(Connection writer) {
        try {
            OutboxDatabase.insert(writer, "a", "1");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
