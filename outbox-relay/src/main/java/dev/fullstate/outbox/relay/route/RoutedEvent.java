package dev.fullstate.outbox.relay.route;

import dev.fullstate.outbox.relay.transaction.CommittedEvent;

/**
 * An event with its destination.
 *
 * @param key of the Kafka record; the same aggregate, the same key and so the same partition
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record RoutedEvent(String topic, byte[] key, CommittedEvent event) {}
