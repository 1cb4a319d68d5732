package dev.fullstate.outbox.relay.position;

/**
 * The history that a position belongs to, in addition to the server and the slot, which its key names. Where one of the two has changed, rows may have been
 * committed that no stream brings.
 *
 * @param timeline of the server
 * @param publication the versions of its catalog rows: whatever is done to a publication changes them
 */
public record Origin(Timeline timeline, String publication) {}
