/**
 * The route of an event. A committed event goes in; the topic and the key of its Kafka record come out.
 */
@NullMarked
package dev.fullstate.outbox.relay.route;

import org.jspecify.annotations.NullMarked;
