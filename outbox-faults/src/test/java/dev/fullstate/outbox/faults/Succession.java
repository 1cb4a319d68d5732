package dev.fullstate.outbox.faults;

import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import dev.fullstate.outbox.faults.oracle.Committed;
import dev.fullstate.outbox.faults.server.Backup;
import dev.fullstate.outbox.faults.server.Database;
import dev.fullstate.outbox.faults.server.Outbox;
import dev.fullstate.outbox.faults.server.Standby;
import dev.fullstate.outbox.test.PostgresServer;

/** Has another server take the place of a database's, perhaps without its last commits. */
sealed interface Succession {

    /** The acts of a test during a succession. */
    interface Acts {

        /** Commits events; those of the last call may get lost. */
        void commit() throws SQLException;

        /** Stops all commits. */
        void pause();

        /** Called before the old server ends. */
        void beforeTheEnd();

        /** Called when the old server has ended, and no client knows of the new one. */
        void ended();
    }

    /** {@return whether the new server may lack commits of the old one} */
    boolean loses();

    /** Ends the database's server, as by a crash, and starts the new one, which no client knows yet. */
    PostgresServer successor(Outbox outbox, Acts acts) throws SQLException;

    /**
     * Ends the database's server and puts another one in its place. The relay reaches none until {@link Database#letRelayFollow()}.
     *
     * @return where the WAL of the old one ended
     */
    default String carryOut(Outbox outbox, Committed committed, Acts acts) throws SQLException {
        PostgresServer old = outbox.database().server();
        PostgresServer successor = successor(outbox, acts);
        acts.ended();
        outbox.database().become(successor);
        return committed.endHistoryOf(old, loses());
    }

    /** The commits that the standby has when the primary ends. */
    enum Has {
        EVERYTHING,
        LESS_THAN_KAFKA
    }

    /** The replication slot on the new primary. */
    enum Slot {
        /** PostgreSQL itself synchronizes it, from 17 on. */
        SYNCED,
        /** Its files were copied before the standby fell behind. */
        COPIED,
        /** Its files were copied from what the old primary has left, so it may be confirmed beyond the new one's WAL. */
        COPIED_AT_LAST,
        NONE;

        private static final int FIRST_WITH_SYNCHRONIZED_SLOTS = 17;

        static List<Slot> ofThisServer() {
            boolean synchronizes = Integer.getInteger("postgres.major", 18) >= FIRST_WITH_SYNCHRONIZED_SLOTS;
            return Stream.of(values())
                    .filter(slot -> slot != SYNCED || synchronizes)
                    .toList();
        }
    }

    /** Promotes a standby. */
    record Promotion(Has has, Slot slot) implements Succession {

        @Override
        public boolean loses() {
            return has == Has.LESS_THAN_KAFKA;
        }

        @Override
        public PostgresServer successor(Outbox outbox, Acts acts) throws SQLException {
            Database database = outbox.database();
            Standby standby = Standby.of(database.server(), "standby");
            database.own(standby.server());
            if (slot == Slot.SYNCED) {
                standby.syncSlots();
            } else if (slot == Slot.COPIED) {
                standby.copySlot(outbox.name());
            }
            standby.awaitCaughtUp();
            if (has == Has.LESS_THAN_KAFKA) {
                standby.holdBack();
            }
            acts.commit();
            if (has == Has.EVERYTHING) {
                acts.pause();
                standby.awaitCaughtUp();
            }
            acts.beforeTheEnd();
            database.server().kill();
            if (slot == Slot.COPIED_AT_LAST) {
                standby.copySlot(outbox.name());
            }
            return standby.promote();
        }
    }

    /** The ways in which a database is brought back to an earlier moment. */
    enum Restored {
        /** A base backup and the archived WAL up to a point: a new timeline, without the slot. */
        FROM_BACKUP_AND_ARCHIVE,
        /** A base backup that is just started: the old timeline, whose positions are used again, without the slot. */
        FROM_BACKUP_ALONE,
        /** The files as they were: the old timeline, whose positions are used again, with the slot. */
        FROM_STORAGE_SNAPSHOT
    }

    /** Brings the database back to an earlier moment; its WAL has to be archived. */
    record Restore(Restored restored) implements Succession {

        private static final AtomicInteger POINTS = new AtomicInteger();

        @Override
        public boolean loses() {
            return true;
        }

        @Override
        public PostgresServer successor(Outbox outbox, Acts acts) throws SQLException {
            Database database = outbox.database();
            try (Backup backup = backup(database.server())) {
                acts.commit();
                String point = "before_the_loss_" + POINTS.incrementAndGet();
                if (restored == Restored.FROM_BACKUP_AND_ARCHIVE) {
                    database.createRestorePoint(point);
                }
                acts.commit();
                acts.beforeTheEnd();
                database.server().kill();
                return restored == Restored.FROM_BACKUP_AND_ARCHIVE
                        ? backup.recover(database.archive(), point)
                        : backup.start();
            }
        }

        private Backup backup(PostgresServer server) {
            if (restored != Restored.FROM_STORAGE_SNAPSHOT) {
                return Backup.of(server);
            }
            server.kill();
            Backup snapshot = Backup.ofStorage(server);
            server.restart();
            return snapshot;
        }
    }
}
