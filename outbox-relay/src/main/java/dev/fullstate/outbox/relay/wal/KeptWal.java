package dev.fullstate.outbox.relay.wal;

import java.util.ArrayList;
import java.util.List;

import org.springframework.util.unit.DataSize;

import dev.fullstate.outbox.relay.failure.Diagnosis;

/** Looks at how much WAL the slot keeps, and at what may end that. */
final class KeptWal {

    private static final String KEPT_WAL = "kept WAL";
    private static final String RELOAD = " SELECT pg_reload_conf();";
    private static final String RAISE = "ALTER SYSTEM SET max_slot_wal_keep_size = '...';" + RELOAD
            + " -- to a larger one, until a relay has caught up";
    /** The share of the limit that has to be left. */
    private static final int SHARE = 5;

    private final Catalog catalog;
    private final WalSettings settings;

    KeptWal(Catalog catalog, WalSettings settings) {
        this.catalog = catalog;
        this.settings = settings;
    }

    List<Diagnosis> find() {
        List<Diagnosis> found = new ArrayList<>();
        String idle = catalog.settingIfKnown("idle_replication_slot_timeout").orElse("0");
        if (!idle.equals("0")) {
            warn(
                    found,
                    "idle_replication_slot_timeout is " + idle
                            + ": a slot without a relay for so long is lost, and the relay then publishes from the table",
                    "ALTER SYSTEM SET idle_replication_slot_timeout = 0;" + RELOAD);
        }
        String limit = catalog.setting("max_slot_wal_keep_size");
        if (limit.equals("-1")) {
            warn(
                    found,
                    "max_slot_wal_keep_size is -1: while no relay runs, the slot keeps WAL until the disk is full",
                    "ALTER SYSTEM SET max_slot_wal_keep_size = '...';" + RELOAD
                            + " -- a slot that is lost by it costs a search of the table, and no event");
        }
        catalog.slotStatus(settings.slotName()).ifPresent(slot -> headroom(found, slot, limit));
        return found.isEmpty() ? List.of(Diagnosis.ok(KEPT_WAL, "the slot keeps " + limit + " of WAL at most")) : found;
    }

    private static void headroom(List<Diagnosis> found, SlotStatus slot, String limit) {
        String kept = "the slot keeps " + inMegabytes(slot.retainedBytes()) + " of WAL";
        Long safe = slot.safeBytes();
        if (slot.walStatus().equals("lost")) {
            warn(
                    found,
                    "the server has given the slot up; a relay creates it again, and publishes from the table",
                    "None; the relay goes on by itself");
        } else if (slot.walStatus().equals("unreserved")) {
            warn(found, kept + ", more than it may, and is lost with the next checkpoint", RAISE);
        } else if (safe != null && safe < slot.retainedBytes() / (SHARE - 1)) {
            warn(
                    found,
                    kept + ", and may keep only " + inMegabytes(safe) + " more: max_slot_wal_keep_size is " + limit,
                    RAISE);
        }
    }

    private static void warn(List<Diagnosis> found, String message, String remedy) {
        found.add(Diagnosis.warning(KEPT_WAL, message, remedy));
    }

    private static String inMegabytes(long bytes) {
        return DataSize.ofBytes(bytes).toMegabytes() + " MB";
    }
}
