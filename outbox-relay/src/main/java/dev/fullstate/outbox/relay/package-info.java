/**
 * The relay: the one loop that sees every stage, and its state. Rows committed to the outbox go in; their events come out to Kafka, and the
 * confirmed position goes back to PostgreSQL.
 */
@NullMarked
package dev.fullstate.outbox.relay;

import org.jspecify.annotations.NullMarked;
