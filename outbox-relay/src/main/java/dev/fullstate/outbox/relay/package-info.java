/**
 * The relay: the one loop that sees every stage, and its state. In comes what was committed to the outbox, out goes the same to
 * Kafka, and back to PostgreSQL goes how far that is done.
 */
@NullMarked
package dev.fullstate.outbox.relay;

import org.jspecify.annotations.NullMarked;
