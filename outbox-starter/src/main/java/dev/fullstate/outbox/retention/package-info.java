/**
 * Removes published rows. The rows' ages and the relays' notes go in; empty leaves come out, a day at a time, and the outbox's
 * state: its size, its reach into the past and the lag of the relays.
 */
@NullMarked
package dev.fullstate.outbox.retention;

import org.jspecify.annotations.NullMarked;
