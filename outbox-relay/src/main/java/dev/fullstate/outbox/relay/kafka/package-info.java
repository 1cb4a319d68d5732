/**
 * Kafka's side of the relay: its clients, their settings, and topics as they are. Names and keys to look up go in; topics,
 * values of keys, events that were found, and a producer for the publisher come out.
 */
@NullMarked
package dev.fullstate.outbox.relay.kafka;

import org.jspecify.annotations.NullMarked;
