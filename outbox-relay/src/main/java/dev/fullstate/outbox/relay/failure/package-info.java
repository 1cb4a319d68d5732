/**
 * The failures of both sides, in one place. Reports of PostgreSQL's driver and of Kafka's clients go in; the relay's reaction and the
 * remedy come out.
 */
@NullMarked
package dev.fullstate.outbox.relay.failure;

import org.jspecify.annotations.NullMarked;
