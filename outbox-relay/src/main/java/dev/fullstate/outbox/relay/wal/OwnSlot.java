package dev.fullstate.outbox.relay.wal;

import java.util.Optional;

import dev.fullstate.outbox.relay.failure.FailureKind;
import dev.fullstate.outbox.relay.position.Lsn;

/** The replication slot of this relay, as the catalogs show it; refuses one of its name that belongs to something else. */
final class OwnSlot {

    private final Catalog catalog;
    private final WalSettings settings;

    OwnSlot(Catalog catalog, WalSettings settings) {
        this.catalog = catalog;
        this.settings = settings;
    }

    /**
     * Looks the slot up.
     *
     * @throws DatabaseSetupException if a slot of this name belongs to something else
     */
    Optional<Slot> find() {
        Optional<Slot> slot = catalog.slot(settings.slotName());
        slot.ifPresent(this::requireOurs);
        return slot;
    }

    Optional<Lsn> position() {
        return find().map(Slot::confirmed);
    }

    /**
     * @throws WalException if there is no slot
     */
    Lsn requirePosition() {
        return position().orElseThrow(this::missing);
    }

    /**
     * @param walSenderPid the server's process that this relay reads from
     * @throws WalException if there is no slot, or another process streams from it
     */
    SlotStatus requireStatus(int walSenderPid) {
        // First, so that it is the status of this relay's slot if the slot is its own afterwards.
        SlotStatus status = catalog.slotStatus(settings.slotName()).orElseThrow(this::missing);
        Integer actual = find().orElseThrow(this::missing).streamingPid();
        if (actual == null || actual != walSenderPid) {
            throw new WalException(
                    FailureKind.RETRY,
                    "Replication slot '" + settings.slotName() + "' is streamed by process " + actual
                            + ", no longer by " + walSenderPid + ", from which this relay reads",
                    "None: the relay connects again",
                    null);
        }
        return status;
    }

    private WalException missing() {
        return new WalException(
                FailureKind.RETRY,
                "Replication slot '" + settings.slotName() + "' does not exist",
                "None: the relay creates it, and publishes from the table what Kafka lacks",
                null);
    }

    private void requireOurs(Slot slot) {
        String database = catalog.currentDatabase();
        if (!database.equals(slot.database()) || !slot.plugin().equals("pgoutput")) {
            throw new DatabaseSetupException(
                    "Replication slot '" + settings.slotName() + "' belongs to database '" + slot.database()
                            + "' and plugin '" + slot.plugin() + "'; the relay reads database '" + database
                            + "' with pgoutput",
                    "Set outbox.relay.slot-name to a name of its own: slots of all databases of a server share their names",
                    null);
        }
        if (slot.twoPhase()) {
            throw new DatabaseSetupException(
                    "Replication slot '" + settings.slotName()
                            + "' was made with two_phase: it streams prepared transactions before they are committed",
                    "select pg_drop_replication_slot('" + settings.slotName()
                            + "'); -- the relay then makes one of its own, and publishes what the table holds",
                    null);
        }
    }
}
