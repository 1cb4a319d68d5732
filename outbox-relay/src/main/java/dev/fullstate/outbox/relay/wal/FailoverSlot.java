package dev.fullstate.outbox.relay.wal;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.fullstate.outbox.relay.failure.FailureKind;

/**
 * The mark by which PostgreSQL, from 17 on, brings a logical slot to its standbys, so that the relay can go on from a promoted one. A
 * temporary slot cannot have it, and a copied slot does not take it over from its original (ADR 27).
 */
final class FailoverSlot {

    private static final Logger log = LoggerFactory.getLogger(FailoverSlot.class);

    private FailoverSlot() {}

    /**
     * The mark as it is.
     *
     * @param active whether a process streams from the slot
     */
    record Mark(boolean failover, boolean active) {}

    /**
     * Sets the mark as the settings ask for it; before PostgreSQL 17 there is nothing to set. To be called before the slot is
     * streamed: the command waits for the slot to be free, so a slot that another process streams from is left to the attempt to take it.
     *
     * @throws WalException if the server refuses it
     */
    static void mark(Connection replication, Catalog catalog, WalSettings settings) {
        catalog.failoverMark(settings.slotName())
                .filter(mark -> !mark.active() && mark.failover() != settings.failoverSlot())
                .ifPresent(mark -> alter(replication, settings));
    }

    /**
     * Makes sure that a slot that has to wait for standbys is one that does. To be called when the slot is taken: no other process can change
     * the mark from then on.
     *
     * @throws WalException if another process had the slot at the moment when it was to be marked
     */
    static void requireMark(Catalog catalog, WalSettings settings) {
        if (settings.sendAfter() == SendAfter.SYNCHRONIZED_STANDBYS
                && catalog.failoverMark(settings.slotName())
                        .filter(Mark::failover)
                        .isEmpty()) {
            throw new WalException(
                    FailureKind.RETRY,
                    "Replication slot '" + settings.slotName()
                            + "' is not a failover slot, so the server would not wait for standbys: another relay had it when it"
                            + " was to become one",
                    "None: the relay connects again",
                    null);
        }
    }

    private static void alter(Connection replication, WalSettings settings) {
        try (Statement statement = replication.createStatement()) {
            // Quoted: a slot may be called as a word of the replication commands is.
            statement.execute("ALTER_REPLICATION_SLOT \"%s\" (FAILOVER %s)"
                    .formatted(settings.slotName(), settings.failoverSlot()));
        } catch (SQLException e) {
            throw SqlFailure.of(
                    "Replication slot '" + settings.slotName() + "' could not be made one that "
                            + (settings.failoverSlot() ? "standbys have too" : "only this server has"),
                    e);
        }
        log.info(
                "Replication slot '{}' is {} failover slot from now on",
                settings.slotName(),
                settings.failoverSlot() ? "a" : "no");
    }
}
