/**
 * Whether a position still belongs to the database. In come the position and what the database says of itself, out goes where to go on.
 */
@NullMarked
package dev.fullstate.outbox.relay.history;

import org.jspecify.annotations.NullMarked;
