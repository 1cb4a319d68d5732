/**
 * The act of publishing. In come routed events, out go Kafka records, CloudEvents in binary mode, with the position after them, and for
 * each event a call when consumers can read it.
 */
@NullMarked
package dev.fullstate.outbox.relay.publish;

import org.jspecify.annotations.NullMarked;
