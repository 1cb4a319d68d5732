package dev.fullstate.outbox.relay.wal;

import org.jspecify.annotations.Nullable;

/**
 * Remembers the publication from session to session. Rows that were written while it was gone or different are not in the
 * stream, without any sign of it, so a publication that is not the one of before must never be streamed through silently.
 */
final class PublicationGuard {

    private final String slotName;
    private @Nullable Publication known;

    PublicationGuard(String slotName) {
        this.slotName = slotName;
    }

    /** From here on this is the publication: the rows from before are read from the table. */
    void adopt(Publication publication) {
        known = publication;
    }

    void require(Publication publication) {
        if (known == null) {
            known = publication;
        } else if (!known.equals(publication)) {
            throw new WalException(
                    publication.names().text("The publication of {outbox}")
                            + " was replaced or altered while the relay ran (was "
                            + known.version() + ", is " + publication.version()
                            + "); rows may be missing from the stream, and"
                            + " nothing more is confirmed",
                    "select pg_drop_replication_slot('" + slotName
                            + "'); -- the relay then publishes all retained rows and" + " goes on",
                    null);
        }
    }
}
