package dev.fullstate.outbox.relay.position;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * The history that a position belongs to, in addition to the server and the slot, which its key names. Where one of the two has changed, rows may have been
 * committed that no stream brings.
 *
 * @param timeline of the server
 * @param publication the versions of its catalog rows: whatever is done to a publication changes them
 * @param serverStart when the server's process was started: while it runs, it loses no commits; null if that does not matter, because nothing
 *     after the position is published
 */
public record Origin(
        Timeline timeline, String publication, @Nullable Instant serverStart) {

    /** Makes the origin of a position after which nothing is published. */
    public Origin(Timeline timeline, String publication) {
        this(timeline, publication, null);
    }
}
