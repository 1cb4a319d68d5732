/**
 * Kafka's side of the relay: its clients, their settings, and topics as they are. In come what is to be looked up and read, out go topics,
 * values of keys, events that were found, and a producer that sends what the publisher gives it.
 */
@NullMarked
package dev.fullstate.outbox.relay.kafka;

import org.jspecify.annotations.NullMarked;
