package dev.fullstate.outbox.relay.wal;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

import dev.fullstate.outbox.relay.failure.FailureKind;
import dev.fullstate.outbox.relay.position.Lsn;

/** Creates the replication slot, and reads in the same transaction which rows it will not stream. */
final class SlotCreation {

    private static final int FIRST_WITH_FAILOVER = 17;

    private final Connection replication;
    private final Catalog catalog;
    private final WalSettings settings;

    SlotCreation(Connection replication, Catalog catalog, WalSettings settings) {
        this.replication = replication;
        this.catalog = catalog;
        this.settings = settings;
    }

    /**
     * Waits until each transaction that is open has ended, and the tables show what was committed, or the time is over.
     *
     * @throws SlotInUseException if another relay has just created it
     */
    NewSlot create() {
        if (catalog.freeSlotCount() < 1) {
            throw new WalException(
                    "PostgreSQL has no free replication slot for '" + settings.slotName() + "'",
                    "Drop an unused slot, or ALTER SYSTEM SET max_replication_slots = ...; -- and restart",
                    null);
        }
        try (Statement statement = replication.createStatement()) {
            statement.setQueryTimeout(
                    (int) Math.max(1, settings.slotCreationTimeout().toSeconds()));
            // The snapshot of the slot is that of the transaction which creates it (PostgreSQL manual,
            // "CREATE_REPLICATION_SLOT").
            statement.execute("BEGIN READ ONLY ISOLATION LEVEL REPEATABLE READ");
            NewSlot created = create(statement);
            statement.execute("COMMIT");
            awaitShown(created.snapshot());
            return created;
        } catch (SQLException e) {
            throw SqlFailure.isCanceled(e)
                    ? blocked(e)
                    : SqlFailure.of("Replication slot '" + settings.slotName() + "' could not be created", e);
        }
    }

    /**
     * Waits until the table shows what the snapshot does. The snapshot is made from the WAL, which has a commit before others see what it has
     * written; long before, where it waits for a synchronous standby. Such a row is not in the stream, and would not be found in the table.
     */
    private void awaitShown(String snapshot) {
        Transactions transactions = new Transactions(catalog);
        if (!Transactions.poll(settings.slotCreationTimeout(), () -> transactions.shows(snapshot))) {
            throw new WalException(
                    FailureKind.RETRY,
                    "Replication slot '" + settings.slotName() + "' is created, and for "
                            + settings.slotCreationTimeout().toSeconds()
                            + " s transactions that are committed before it do not show in the tables",
                    "Look for a synchronous standby for which they wait: select * from pg_stat_activity where wait_event ="
                            + " 'SyncRep'; bring it back, or take it out of synchronous_standby_names",
                    null);
        }
    }

    private NewSlot create(Statement statement) throws SQLException {
        Lsn start;
        try (ResultSet slot = statement.executeQuery(
                "CREATE_REPLICATION_SLOT \"" + settings.slotName() + "\" LOGICAL pgoutput " + options())) {
            slot.next();
            start = Lsn.parse(slot.getString("consistent_point"));
        }
        try (ResultSet row = statement.executeQuery("select pg_current_snapshot()::text")) {
            row.next();
            return new NewSlot(start, row.getString(1));
        }
    }

    /** From the beginning, since rows that are older than the slot may take long. */
    private String options() throws SQLException {
        return settings.failoverSlot() && replication.getMetaData().getDatabaseMajorVersion() >= FIRST_WITH_FAILOVER
                ? "(SNAPSHOT 'use', FAILOVER true)"
                : "USE_SNAPSHOT";
    }

    private WalException blocked(SQLException cause) {
        List<String> blocking = new Transactions(catalog).olderThan(settings.slotCreationTimeout());
        return new WalException(
                FailureKind.RETRY,
                "Replication slot '" + settings.slotName() + "' could not be created within "
                        + settings.slotCreationTimeout().toSeconds()
                        + " s: PostgreSQL waits for transactions that were open before, "
                        + blocking,
                "End them (select pg_terminate_backend(pid);) or wait; outbox.relay.slot-creation-timeout bounds one attempt",
                cause);
    }
}
