/**
 * Where an event goes. In comes a committed event, out go the topic and the key of its Kafka record.
 */
@NullMarked
package dev.fullstate.outbox.relay.route;

import org.jspecify.annotations.NullMarked;
