package dev.fullstate.outbox.relay.wal;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

import dev.fullstate.outbox.relay.failure.FailureKind;
import dev.fullstate.outbox.relay.position.Lsn;

/**
 * The slot of a first start. It lives as long as its connection, so that a relay that dies before it has published the retained
 * rows leaves nothing behind and the next start begins again. Its fixed name also keeps two relays from a first start at once.
 *
 * @param consistentPoint changes that commit from here on are streamed
 * @param snapshot name of an exported snapshot that shows all changes before; to be imported before the connection is used again
 */
record TemporarySlot(
        Connection replication,
        Catalog catalog,
        String name,
        String permanentName,
        Lsn consistentPoint,
        String snapshot) {

    static String name(WalSettings settings) {
        return settings.slotName() + "_first_start";
    }

    static TemporarySlot create(Connection replication, Catalog catalog, WalSettings settings) {
        String name = name(settings);
        try (Statement statement = replication.createStatement()) {
            statement.setQueryTimeout(
                    (int) Math.max(1, settings.slotCreationTimeout().toSeconds()));
            try (ResultSet slot =
                    statement.executeQuery("CREATE_REPLICATION_SLOT " + name + " TEMPORARY LOGICAL pgoutput")) {
                slot.next();
                TemporarySlot created = new TemporarySlot(
                        replication,
                        catalog,
                        name,
                        settings.slotName(),
                        Lsn.parse(slot.getString("consistent_point")),
                        slot.getString("snapshot_name"));
                created.requireFirst();
                return created;
            }
        } catch (SQLException e) {
            throw SqlFailure.isCanceled(e)
                    ? blocked(catalog, settings, e)
                    : SqlFailure.of("Replication slot '" + name + "' could not be created", e);
        }
    }

    /** Creates the permanent slot at this one's position, at once or not at all, and drops this one. */
    void makePermanent() {
        catalog.copySlot(name, permanentName);
        try (Statement statement = replication.createStatement()) {
            statement.execute("DROP_REPLICATION_SLOT " + name);
        } catch (SQLException e) {
            throw SqlFailure.of("Temporary replication slot '" + name + "' could not be dropped", e);
        }
    }

    // Another relay may have finished its first start after this one saw that there was no slot.
    private void requireFirst() {
        if (catalog.slot(permanentName).isPresent()) {
            throw new SlotInUseException(
                    "Another relay has just created replication slot '" + permanentName + "'", null);
        }
        if (catalog.freeSlotCount() < 1) {
            throw new WalException(
                    "PostgreSQL has no free replication slot for '" + permanentName
                            + "'; a first start needs two for a moment",
                    "Drop a slot that nobody needs, or ALTER SYSTEM SET max_replication_slots = ...; -- and restart",
                    null);
        }
    }

    private static WalException blocked(Catalog catalog, WalSettings settings, SQLException cause) {
        List<String> blocking = catalog.transactionsOlderThan(settings.slotCreationTimeout());
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
