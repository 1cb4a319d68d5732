/**
 * Removes published rows. In come the rows' ages and the relays' notes; out go empty leaves, a day at a time, and the outbox's
 * state: its size, its reach into the past and the lag of the relays.
 */
@NullMarked
package dev.fullstate.outbox.retention;

import org.jspecify.annotations.NullMarked;
