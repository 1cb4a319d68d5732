/**
 * What may be confirmed to PostgreSQL. In come the ends of transactions and the completions of their sends, in any order, out
 * goes the position up to which Kafka has everything.
 */
@NullMarked
package dev.fullstate.outbox.relay.acknowledge;

import org.jspecify.annotations.NullMarked;
