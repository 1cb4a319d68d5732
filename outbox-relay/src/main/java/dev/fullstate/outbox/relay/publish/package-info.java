/**
 * The act of publishing. Routed events go in; Kafka records, CloudEvents in binary mode, come out, with the position after them, and for
 * each event a call when consumers can read it.
 */
@NullMarked
package dev.fullstate.outbox.relay.publish;

import org.jspecify.annotations.NullMarked;
