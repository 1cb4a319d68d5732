/**
 * Kafka's side of the relay. In come routed events, out go Kafka records, CloudEvents in binary mode, and for each a word when
 * Kafka has it.
 */
@NullMarked
package dev.fullstate.outbox.relay.publish;

import org.jspecify.annotations.NullMarked;
