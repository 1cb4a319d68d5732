package dev.fullstate.outbox.faults.server;

import java.sql.SQLException;
import java.time.Duration;

import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;

/** Shows that backups and standbys of the harness have what real ones have. */
class WholeLifeOfADatabaseIT {

    private static final Duration STOP = Duration.ofMinutes(2);

    @Test
    void baseBackupHasTheRowsOfItsTimeAndNoSlot() throws SQLException {
        try (Database database = new Database()) {
            Outbox outbox = write(database, 10);
            createSlot(outbox);
            try (Backup backup = Backup.of(database.server())) {
                write(outbox, 10);
                String end = end(outbox);
                database.server().kill();

                database.become(backup.start());

                assertThat(count(outbox)).isEqualTo("10");
                assertThat(slots(outbox)).isEqualTo("0");
                assertThat(timeline(outbox)).isEqualTo("1");
                assertThat(outbox.query("select pg_current_wal_insert_lsn() < '" + end + "'"))
                        .isEqualTo("t");
            }
        }
    }

    @Test
    void recoveryFromTheArchiveEndsAtTheRestorePointAndBeginsATimeline() throws SQLException {
        try (Database database = Database.archiving()) {
            Outbox outbox = write(database, 10);
            try (Backup backup = Backup.of(database.server())) {
                write(outbox, 5);
                database.createRestorePoint("five_more");
                write(outbox, 5);
                database.server().kill();

                database.become(backup.recover(database.archive(), "five_more"));

                assertThat(count(outbox)).isEqualTo("15");
                assertThat(timeline(outbox)).isEqualTo("2");
            }
        }
    }

    @Test
    void snapshotOfTheStorageHasTheSlotAndItsPositionsAreUsedAgain() throws SQLException {
        try (Database database = new Database()) {
            Outbox outbox = write(database, 10);
            createSlot(outbox);
            String confirmed = outbox.query("select confirmed_flush_lsn from pg_replication_slots");
            assertThat(database.server().stop(STOP)).isTrue();
            try (Backup snapshot = Backup.ofStorage(database.server())) {
                database.server().restart();
                write(outbox, 10);
                String end = end(outbox);
                database.server().kill();

                database.become(snapshot.start());

                assertThat(count(outbox)).isEqualTo("10");
                assertThat(timeline(outbox)).isEqualTo("1");
                assertThat(outbox.query("select confirmed_flush_lsn from pg_replication_slots"))
                        .isEqualTo(confirmed);
                assertThat(outbox.query("select pg_current_wal_insert_lsn() < '" + end + "'"))
                        .isEqualTo("t");
                database.writeWalBeyond(end);
                assertThat(outbox.query("select pg_current_wal_insert_lsn() > '" + end + "'"))
                        .isEqualTo("t");
            }
        }
    }

    @Test
    void standbyThatIsHeldBackLacksWhatItHasNotReceived() throws SQLException {
        try (Database database = new Database()) {
            Outbox outbox = write(database, 10);
            createSlot(outbox);
            PostgresServer primary = database.server();
            try (Standby standby = Standby.of(primary, "standby")) {
                write(outbox, 10);
                standby.awaitCaughtUp();
                standby.copySlot(outbox.name());
                standby.holdBack();
                write(outbox, 10);

                database.become(standby.promote());

                assertThat(count(outbox)).isEqualTo("20");
                assertThat(slots(outbox)).isEqualTo("1");
                assertThat(timeline(outbox)).isEqualTo("2");
                write(outbox, 1);

                database.become(primary);

                assertThat(count(outbox)).isEqualTo("30");
                assertThat(timeline(outbox)).isEqualTo("1");
            }
        }
    }

    private static Outbox write(Database database, int eventCount) throws SQLException {
        Outbox outbox = Outbox.create(database, 5);
        write(outbox, eventCount);
        return outbox;
    }

    private static void write(Outbox outbox, int eventCount) throws SQLException {
        outbox.write(eventCount);
    }

    private static void createSlot(Outbox outbox) throws SQLException {
        outbox.query("select pg_create_logical_replication_slot('" + outbox.name() + "', 'pgoutput')");
    }

    private static String count(Outbox outbox) throws SQLException {
        return String.valueOf(outbox.query("select count(*) from outbox"));
    }

    private static String slots(Outbox outbox) throws SQLException {
        return String.valueOf(outbox.query("select count(*) from pg_replication_slots where slot_type = 'logical'"));
    }

    private static String timeline(Outbox outbox) throws SQLException {
        return String.valueOf(
                outbox.query("select ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::integer"));
    }

    private static String end(Outbox outbox) throws SQLException {
        return String.valueOf(outbox.query("select pg_current_wal_insert_lsn()"));
    }
}
