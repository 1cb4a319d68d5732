package dev.fullstate.outbox.relay;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.fullstate.outbox.harness.outbox.OutboxInsert;
import dev.fullstate.outbox.relay.publish.PublisherSettings.Delivery;
import dev.fullstate.outbox.relay.wal.Source;
import dev.fullstate.outbox.relay.wal.WalSettings;
import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;

/** Shows that a relay that reads the table publishes what one that reads the WAL would, with none of the rights for that. */
class TableSourceIT extends RelayIntegrationTest {

    private SteppedRelay relay(Source source) {
        return SteppedRelay.reading(source, database);
    }

    @ParameterizedTest
    @EnumSource(Delivery.class)
    void rowsArePublishedThatWereThereAndThoseThatAreCommittedLater(Delivery delivery) throws SQLException {
        database.insert("a", "1");
        try (SteppedRelay relay = SteppedRelay.reading(Source.TABLE, delivery, database)) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "2");
            relay.stepUntil(topic, 2);
            database.insert("a", "3");
            relay.stepUntil(topic, 3);
        }
        database.insert("a", "4");
        try (SteppedRelay relay = SteppedRelay.reading(Source.TABLE, delivery, database)) {
            relay.stepUntil(topic, 4);
        }
        assertThat(published()).containsExactly("1", "2", "3", "4");
        assertThat(database.hasSlot()).isFalse();
    }

    @Test
    void serverWithoutLogicalDecodingAndRoleWithoutReplicationAreEnough() throws SQLException {
        try (PostgresServer server = PostgresServer.start(0, Map.of("wal_level", "replica"));
                OutboxDatabase outbox = OutboxDatabase.migrated(server)) {
            outbox.createRelayRole("reader");
            outbox.execute("alter role reader noreplication");
            outbox.insert("a", "1");
            try (SteppedRelay relay = SteppedRelay.of(
                    outbox, Map.of(), wal -> SteppedRelay.as("reader", wal).reading(Source.TABLE))) {
                relay.stepUntil(RelayState.STREAMING);
                outbox.insert("a", "2");
                relay.stepUntil(() -> outbox.query("select 1 from outbox_relay where pg_visible_in_snapshot("
                                        + "(select xid from outbox order by seq desc limit 1), snapshot)")
                                != null
                        || moved(relay));
            }
        }
    }

    private static boolean moved(SteppedRelay relay) {
        relay.moveTime(Duration.ofSeconds(1));
        return false;
    }

    /** Its number is lower than that of rows that are published. */
    @Test
    void rowOfATransactionThatCommitsLateIsPublishedOnce() throws SQLException {
        try (SteppedRelay relay = relay(Source.TABLE);
                Connection late = database.connect();
                Connection later = database.connect()) {
            relay.stepUntil(RelayState.STREAMING);
            late.setAutoCommit(false);
            later.setAutoCommit(false);
            OutboxDatabase.insert(late, "late", "1");
            OutboxDatabase.insert(later, "later", "2");
            database.insert("a", "3");
            relay.stepUntil(topic, 1);
            later.commit();
            relay.stepUntil(topic, 2);
            database.insert("a", "4");
            relay.stepUntil(topic, 3);
            late.commit();
            relay.stepUntil(topic, 4);
        }
        try (SteppedRelay relay = relay(Source.TABLE)) {
            database.insert("a", "5");
            relay.stepUntil(topic, 5);
        }
        assertThat(published()).containsExactly("3", "2", "4", "1", "5");
    }

    @Test
    void rowOfATransactionThatWasRolledBackIsNot() throws SQLException {
        try (SteppedRelay relay = relay(Source.TABLE);
                Connection other = database.connect()) {
            relay.stepUntil(RelayState.STREAMING);
            other.setAutoCommit(false);
            OutboxDatabase.insert(other, "a", "1");
            database.insert("a", "2");
            relay.stepUntil(topic, 1);
            other.rollback();
            database.insert("a", "3");
            relay.stepUntil(topic, 2);
        }
        assertThat(published()).containsExactly("2", "3");
    }

    @Test
    void manyRowsOfAMomentArePublishedOnceThoughTheRelayIsCutOffInBetween() throws SQLException {
        int count = 3_000;
        try (SteppedRelay relay = relay(Source.TABLE)) {
            relay.stepUntil(RelayState.STREAMING);
            database.execute("""
                    insert into outbox (id, aggregatetype, aggregateid, type, payload, source, changeid, operation)
                    select gen_random_uuid(), 'order', 'a', 'order', n || repeat(' ', 1000), 'test', gen_random_uuid(), 'update'
                      from generate_series(1, %d) as n order by n""".formatted(count));
            relay.stepUntil(topic, 1);
            assertThat(topic.all()).hasSizeLessThan(count);
            database.terminateSessions();
            relay.stepUntil(RelayState.RETRYING);
            relay.stepUntil(RelayState.STREAMING);
            relay.stepUntil(topic, count);
            database.insert("a", "last");
            relay.stepUntil(topic, count + 1);
        }
        List<String> numbers =
                IntStream.rangeClosed(1, count).mapToObj(Integer::toString).toList();
        assertThat(published().stream().map(String::strip))
                .startsWith(numbers.toArray(String[]::new))
                .hasSize(count + 1);
    }

    @Test
    void lookReadsNoRowThatIsPublished() throws SQLException {
        int count = 20_000;
        try (Connection old = database.connect()) {
            old.setAutoCommit(false);
            OutboxDatabase.insert(old, "old", "1");
            try (SteppedRelay relay = relay(Source.TABLE)) {
                relay.stepUntil(RelayState.STREAMING);
                database.execute("""
                        insert into outbox (id, aggregatetype, aggregateid, type, payload, source, changeid, operation)
                        select gen_random_uuid(), 'order', 'a', 'order', n::text, 'test', gen_random_uuid(), 'update'
                          from generate_series(1, %d) as n; analyze outbox""".formatted(count));
                relay.stepUntil(topic, count);
            }
            long before = readRows();
            try (SteppedRelay relay = relay(Source.TABLE)) {
                relay.stepUntil(RelayState.STREAMING);
                for (int i = 1; i <= 10; i++) {
                    database.insert("a", "new");
                    relay.stepUntil(topic, count + i);
                }
            }
            old.commit();
            // The row has a number before all that are published.
            try (SteppedRelay relay = relay(Source.TABLE)) {
                relay.stepUntil(topic, count + 11);
            }
            assertThat(readRows() - before).isLessThan(1_000);
        }
    }

    /** Counts the rows that were read by sessions that have ended, which have told the server all of it. */
    private long readRows() throws SQLException {
        database.terminateSessions();
        return Long.parseLong(database.query("select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint"
                + " from pg_stat_user_tables where relname ~ '^outbox_[0-9]+$'"));
    }

    @Test
    void nothingIsLostOrRepeatedFromTheWalToTheTableAndBack() throws SQLException {
        int number = 0;
        for (Source source :
                List.of(Source.WAL, Source.TABLE, Source.TABLE, Source.WAL, Source.WAL, Source.TABLE, Source.WAL)) {
            database.insert("a", "" + ++number);
            try (SteppedRelay relay = relay(source)) {
                relay.stepUntil(RelayState.STREAMING);
                assertThat(database.hasSlot()).isEqualTo(source == Source.WAL);
                database.insert("a", "" + ++number);
                relay.stepUntil(topic, number);
            }
        }
        assertThat(published())
                .containsExactlyElementsOf(IntStream.rangeClosed(1, number)
                        .mapToObj(Integer::toString)
                        .toList());
        assertThat(database.query("select last_value from outbox_seq"))
                .as("no history is taken for lost")
                .isEqualTo("" + number);
    }

    /** An unused slot keeps WAL until the disk is full. */
    @Test
    void slotThatTheRoleMayNotDropIsNamedAndTheRelayWaitsForIt() throws SQLException {
        try (SteppedRelay relay = relay(Source.WAL)) {
            relay.stepUntil(RelayState.STREAMING);
        }
        String role = "reader_" + database.name();
        database.createRelayRole(role);
        database.execute("alter role " + role + " noreplication");
        try (SteppedRelay relay = SteppedRelay.of(
                database, Map.of(), wal -> SteppedRelay.as(role, wal).reading(Source.TABLE))) {
            relay.stepUntil(RelayState.RETRYING);
            assertThat(relay.problem().remedy()).startsWith("select pg_drop_replication_slot('" + database.name());
            database.insert("a", "1");
            database.dropSlot();
            relay.stepUntil(topic, 1);
        }
        assertThat(published()).containsExactly("1");
        database.execute("drop owned by " + role + "; drop role " + role);
    }

    /** The commit of a session with synchronous_commit=off is visible before it is on the disk; a crash of the server loses it. */
    @Test
    void rowIsNotPublishedBeforeACrashCannotLoseIt() throws SQLException {
        Map<String, String> lazy =
                Map.of("wal_writer_delay", "10s", "wal_writer_flush_after", "1GB", "bgwriter_delay", "10s");
        try (PostgresServer server = PostgresServer.start(0, lazy);
                OutboxDatabase outbox = OutboxDatabase.migrated(server);
                SteppedRelay relay = SteppedRelay.reading(Source.TABLE, outbox)) {
            relay.stepUntil(RelayState.STREAMING);
            outbox.execute("alter system set wal_writer_delay = '10s'");
            outbox.execute("select pg_reload_conf(), pg_sleep(0.5)");
            int rows = 0;
            long received;
            do {
                rows++;
                outbox.execute("set synchronous_commit = off; "
                        + OutboxInsert.row().of("a").payload("1").sql());
                received = relay.statistics().receivedCount();
                for (int i = 0; i < 20; i++) {
                    relay.step();
                }
                // Now and then the server writes its WAL to the disk by itself.
            } while (!"t".equals(outbox.query("select pg_current_wal_flush_lsn() < pg_current_wal_insert_lsn()")));
            assertThat(relay.statistics().receivedCount()).isEqualTo(received);
            int count = rows + 1;
            outbox.insert("b", "2");
            relay.stepUntil(() -> relay.statistics().publishedCount() == count);
        }
    }

    @Test
    void secondRelayStandsByUntilTheFirstIsGone() throws SQLException {
        try (SteppedRelay second = relay(Source.TABLE)) {
            try (SteppedRelay first = relay(Source.TABLE)) {
                first.stepUntil(RelayState.STREAMING);
                second.stepUntil(RelayState.STANDBY);
                database.insert("a", "1");
                first.stepUntil(topic, 1);
                second.step();
                assertThat(second.state()).isEqualTo(RelayState.STANDBY);
            }
            database.insert("a", "2");
            second.stepUntil(topic, 2);
        }
        assertThat(published()).containsExactly("1", "2");
    }

    /** The lock of a relay belongs to the connection by which it reads. */
    @Test
    void relayThatHasLostTheLockReadsNothingMore() throws SQLException {
        try (SteppedRelay first = relay(Source.TABLE);
                SteppedRelay second = relay(Source.TABLE)) {
            first.stepUntil(RelayState.STREAMING);
            second.stepUntil(RelayState.STANDBY);
            try (Connection other = database.connect();
                    Statement statement = other.createStatement()) {
                statement.execute("select pg_terminate_backend(pid, 60000) from pg_locks where locktype = 'advisory'"
                        + " and database = (select oid from pg_database where datname = current_database())");
            }
            second.stepUntil(RelayState.STREAMING);
            database.insert("a", "1");
            first.step();
            assertThat(first.state()).isEqualTo(RelayState.RETRYING);
            second.stepUntil(topic, 1);
        }
        assertThat(published()).containsExactly("1");
    }

    /** Its sign of life says nothing of its loop. */
    @Test
    void serverEndsTheLeadOfARelayThatHangs() throws SQLException {
        try (SteppedRelay hanging = SteppedRelay.of(database, Map.of(), TableSourceIT::impatient);
                SteppedRelay second = relay(Source.TABLE)) {
            hanging.stepUntil(RelayState.STREAMING);
            second.stepUntil(RelayState.STANDBY);
            database.insert("a", "1");
            second.stepUntil(topic, 1);
            hanging.step();
            assertThat(hanging.state()).isEqualTo(RelayState.RETRYING);
        }
        assertThat(published()).containsExactly("1");
    }

    private static WalSettings impatient(WalSettings wal) {
        return ChangedSettings.of(wal)
                .walSenderTimeout(Duration.ofSeconds(2))
                .settings()
                .reading(Source.TABLE);
    }

    /** A slot's name is unique in its server, and that of a pipeline without one is not. */
    @Test
    void relayOfAnotherDatabaseWithTheSameNameIsRefused() throws SQLException {
        try (SteppedRelay first = relay(Source.TABLE)) {
            first.stepUntil(RelayState.STREAMING);
        }
        try (OutboxDatabase other = OutboxDatabase.migrated();
                SteppedRelay second = SteppedRelay.of(other, Map.of(), wal -> named(database.name(), wal))) {
            other.insert("a", "other");
            second.stepUntil(RelayState.RETRYING);
            assertThat(second.problem().message()).contains("is of database '" + database.name() + "'");
            assertThat(second.problem().remedy()).startsWith("Set outbox.relay.slot-name");
        }
    }

    private static WalSettings named(String name, WalSettings wal) {
        return ChangedSettings.of(wal).slotName(name).settings().reading(Source.TABLE);
    }

    /** As of a dump: the server that it came from had come further. */
    @Test
    void rowOfATransactionThatTheServerHasNotBegunHoldsUpNoOthers() throws SQLException {
        try (SteppedRelay relay = relay(Source.TABLE)) {
            relay.stepUntil(RelayState.STREAMING);
            database.execute(OutboxInsert.row().of("a").payload("copied").with("xid", "'999999999'"));
            database.insert("b", "1");
            relay.stepUntil(topic, 1);
            database.insert("b", "2");
            relay.stepUntil(topic, 2);
        }
        assertThat(published()).containsExactly("1", "2");
    }

    /** Nothing shows that a database went back whose events were never published. */
    @Test
    void positionBeforeWhichNothingIsPublishedPassesOverNothing() throws SQLException {
        try (SteppedRelay relay = relay(Source.TABLE)) {
            relay.stepUntil(RelayState.STREAMING);
        }
        // As in a copy of the database from before the relay's first start, in which the service has gone on.
        database.execute("delete from outbox_relay");
        database.execute(OutboxInsert.row().of("a").payload("1").with("xid", "'3'"));
        try (SteppedRelay relay = relay(Source.TABLE)) {
            relay.stepUntil(topic, 1);
        }
        assertThat(published()).containsExactly("1");
    }

    @Test
    void publishedRowsAreNotedSoThatTheServiceCanRetireThem() throws SQLException {
        try (SteppedRelay relay = relay(Source.TABLE)) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "1");
            database.insert("a", "2");
            relay.stepUntil(() -> database.unnotedCount() == 0 || moved(relay));
        }
        assertThat(published()).containsExactly("1", "2");
    }
}
