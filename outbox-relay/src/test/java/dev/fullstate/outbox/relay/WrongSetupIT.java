package dev.fullstate.outbox.relay;

import java.sql.SQLException;
import java.util.Map;

import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.relay.wal.WalSettings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/** Breaks the relay's surroundings: the relay waits, says why and what to do, and goes on by itself. */
class WrongSetupIT extends RelayIntegrationTest {

    @Test
    void publicationThatFiltersRowsIsNotStreamed() throws SQLException {
        assumeThat(database.server().majorVersion())
                .as("publications have filters from version 15 on")
                .isGreaterThanOrEqualTo(15);
        database.execute("drop publication outbox; create publication outbox for table outbox where (seq > 1000000)"
                + " with (publish = 'insert', publish_via_partition_root = true)");
        database.insert("a", "1");
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.RETRYING);
            assertThat(relay.problem().message()).contains("filters the rows of public.outbox");
            assertThat(database.hasSlot()).isFalse();
        }
    }

    @Test
    void parametersInTheUrlDoNotReplaceTheRelaysOwn() throws SQLException {
        database.execute("create role " + database.name() + " login password 'other'");
        String parameters = "?user=" + database.name() + "&password=other&options=-c%20statement_timeout=60000";
        try (SteppedRelay relay = SteppedRelay.of(database, Map.of(), wal -> withParameters(wal, parameters))) {
            relay.stepUntil(RelayState.STREAMING);
        }
    }

    private static WalSettings withParameters(WalSettings wal, String parameters) {
        return ChangedSettings.of(wal)
                .url(wal.database().get().url() + parameters)
                .settings();
    }

    @Test
    void relayExplainsAMissingPublicationAndWaitsForIt() throws SQLException {
        database.execute("drop publication outbox");
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.step();
            assertThat(relay.state()).isEqualTo(RelayState.RETRYING);
            assertThat(relay.problem().message()).contains("Publication 'outbox' does not exist");
            assertThat(relay.problem().remedy()).contains("CREATE PUBLICATION outbox");

            database.execute("create publication outbox for table outbox"
                    + " with (publish = 'insert', publish_via_partition_root = true)");
            relay.stepUntil(RelayState.STREAMING);
        }
    }

    @Test
    void relayExplainsTheMissingTableOfRelaysAndWaitsForIt() throws SQLException {
        database.execute("alter table outbox_relay rename to other");
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.step();
            assertThat(relay.state()).isEqualTo(RelayState.RETRYING);
            assertThat(relay.problem().message()).isEqualTo("Table public.outbox_relay does not exist");
            assertThat(relay.problem().remedy()).contains("its migration creates it");
            assertThat(database.hasSlot()).isFalse();

            database.execute("alter table other rename to outbox_relay");
            relay.stepUntil(RelayState.STREAMING);
        }
    }

    @Test
    void publicationWithoutInsertsIsExplained() throws SQLException {
        database.execute("alter publication outbox set (publish = 'delete')");
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.step();
            assertThat(relay.problem().message()).contains("does not publish inserts");
            assertThat(relay.problem().remedy()).startsWith("ALTER PUBLICATION outbox SET (publish = 'insert'");
        }
    }

    @Test
    void sequenceWhoseNumbersAreNotInTheOrderOfChangesIsRefused() throws SQLException {
        database.execute("alter sequence outbox_seq cache 50");
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.RETRYING);
            assertThat(relay.problem().message()).contains("CACHE 50");
            database.execute(relay.problem().remedy());
            relay.stepUntil(RelayState.STREAMING);
        }
    }

    @Test
    void tableInAnotherSchemaIsFoundThroughThePublication() throws SQLException {
        database.execute(
                "create schema \"My Schema\"; alter table outbox set schema \"My Schema\";"
                        + " alter sequence outbox_seq set schema \"My Schema\"; alter table outbox_relay set schema \"My Schema\"");
        database.execute("set search_path to \"My Schema\"");
        database.insert("a", "1");
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(topic, 1);
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "2");
            relay.stepUntil(topic, 2);
        }
        assertThat(published()).containsExactly("1", "2");
    }

    @Test
    void relayStopsAtARenamedColumnAndGoesOnAfterTheRepair() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            database.execute("alter table outbox add column added text");
            database.insert("a", "1");
            relay.stepUntil(topic, 1);
            relay.confirm();

            database.execute("alter table outbox rename column payload to data");
            database.execute(
                    "insert into outbox (id, aggregatetype, aggregateid, type, data, source, changeid, operation)"
                            + " values (gen_random_uuid(), 'order', 'a', 'T', '2', 'urn:test', gen_random_uuid(), 'update')");
            relay.stepUntil(RelayState.RETRYING);
            assertThat(relay.problem().message()).contains("public.outbox", "[payload]");
            assertThat(published()).containsExactly("1");
        }
    }

    @Test
    void tooLargeEventStopsTheRelayWithoutSkippingAnything() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(database, Map.of("max.request.size", 10_000))) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "1");
            relay.stepUntil(topic, 1);
            relay.confirm();
            database.insert("a", "x".repeat(10_000));
            database.insert("a", "3");
            relay.stepUntil(RelayState.RETRYING);
            assertThat(relay.problem().message())
                    .contains("(seq 2,", "is too large for topic", "max.request.size is 10000")
                    .doesNotContain("xxx");
        }
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(topic, 3);
        }
        assertThat(published()).hasSize(3).endsWith("3");
    }

    @Test
    void relayWaitsForAnUnreachableBroker() {
        try (SteppedRelay relay = SteppedRelay.of(
                database,
                Map.of("bootstrap.servers", "127.0.0.1:1", "default.api.timeout.ms", 500, "request.timeout.ms", 500))) {
            relay.step();
            assertThat(relay.state()).isEqualTo(RelayState.RETRYING);
            assertThat(relay.problem().message()).startsWith("Kafka did not answer");
            assertThat(relay.problem().remedy()).contains("spring.kafka.bootstrap-servers");
        }
    }

    @Test
    void slotOfAnotherDatabaseIsRefused() throws SQLException {
        try (OutboxDatabase other = OutboxDatabase.migrated();
                SteppedRelay relay = SteppedRelay.of(other)) {
            database.execute("select pg_create_logical_replication_slot('" + other.name() + "', 'pgoutput')");
            relay.step();
            assertThat(relay.problem().message()).contains("belongs to database '" + database.name() + "'");
            assertThat(relay.problem().remedy()).contains("outbox.relay.slot-name");
        }
    }

    @Test
    void standByTakesOverWhenTheOtherRelayStops() throws SQLException {
        try (SteppedRelay standby = SteppedRelay.of(database)) {
            try (SteppedRelay active = SteppedRelay.of(database)) {
                active.stepUntil(RelayState.STREAMING);
                standby.stepUntil(RelayState.STANDBY);
                database.insert("a", "1");
                active.stepUntil(topic, 1);
            }
            standby.stepUntil(RelayState.STREAMING);
            database.insert("a", "2");
            standby.stepUntil(topic, 2);
        }
        assertThat(published()).containsExactly("1", "2");
    }
}
