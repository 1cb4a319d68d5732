/**
 * Compares a position with the database. The position and the database's facts go in; the point from which to go on comes out.
 */
@NullMarked
package dev.fullstate.outbox.relay.history;

import org.jspecify.annotations.NullMarked;
