package dev.fullstate.outbox.faults;

import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.fullstate.outbox.faults.LostHistory.Delivery;
import dev.fullstate.outbox.faults.LostHistory.RelayIs;
import dev.fullstate.outbox.faults.LostHistory.RowsBefore;
import dev.fullstate.outbox.faults.LostHistory.WalEnd;
import dev.fullstate.outbox.faults.server.Backup;
import dev.fullstate.outbox.faults.server.Database;

/** D7, I2: the database is brought back to an earlier moment. Kafka has what came after it, and consumers have that too. */
class RestoredDatabaseIT {

    /** How the database is brought back. */
    enum Restored {
        /** A base backup and the archived WAL up to a point: a new timeline, without the slot. */
        FROM_BACKUP_AND_ARCHIVE,
        /** A base backup that is just started: the old timeline, whose positions are used again, without the slot. */
        FROM_BACKUP_ALONE,
        /** The files as they were: the old timeline, whose positions are used again, with the slot. */
        FROM_STORAGE_SNAPSHOT
    }

    record Restore(Restored restored, Delivery delivery, RelayIs relay, RowsBefore rows, WalEnd end) {

        private static Restore of(List<Object> one) {
            return new Restore(
                    (Restored) one.get(0),
                    (Delivery) one.get(1),
                    (RelayIs) one.get(2),
                    (RowsBefore) one.get(3),
                    (WalEnd) one.get(4));
        }
    }

    static Stream<Restore> some() {
        return Combinations.pairwise(combinations()).stream().map(Restore::of).filter(LostHistory::isChosen);
    }

    static Stream<Restore> all() {
        return combinations().stream().map(Restore::of).filter(LostHistory::isChosen);
    }

    private static List<List<Object>> combinations() {
        return Combinations.all(List.of(
                List.of(Restored.values()),
                List.of(Delivery.values()),
                List.of(RelayIs.values()),
                List.of(RowsBefore.values()),
                List.of(WalEnd.values())));
    }

    @ParameterizedTest
    @MethodSource("some")
    @Tag("long")
    void consumersEndUpWithWhatTheRestoredDatabaseHas(Restore plan) throws SQLException {
        restore(plan);
    }

    @ParameterizedTest
    @MethodSource("all")
    @Tag("every-combination")
    void consumersEndUpWithWhatTheRestoredDatabaseHasInEveryCombination(Restore plan) throws SQLException {
        restore(plan);
    }

    private static void restore(Restore plan) throws SQLException {
        try (LostHistory history = new LostHistory(plan, Database.archiving(), plan.delivery())) {
            history.startRelay();
            history.publish(12);
            try (Backup backup = backup(history, plan.restored())) {
                history.publish(6);
                history.database.createRestorePoint("before_the_loss");
                history.publish(15);
                history.relayIs(plan.relay());
                history.endOldHistory();
                history.continueOn(
                        plan.restored() == Restored.FROM_BACKUP_AND_ARCHIVE
                                ? backup.recover(history.database.archive(), "before_the_loss")
                                : backup.start(),
                        plan.rows(),
                        plan.end());
            }
        }
    }

    private static Backup backup(LostHistory history, Restored restored) {
        if (restored != Restored.FROM_STORAGE_SNAPSHOT) {
            return Backup.of(history.database.server());
        }
        history.database.server().kill();
        Backup snapshot = Backup.ofStorage(history.database.server());
        history.database.server().restart();
        history.awaitStreaming();
        return snapshot;
    }
}
