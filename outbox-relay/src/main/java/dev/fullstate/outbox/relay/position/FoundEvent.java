package dev.fullstate.outbox.relay.position;

import java.util.UUID;

/**
 * An event as it was found in Kafka.
 *
 * @param id of the event, which is that of its row
 * @param sequence of the event, which is above the number of its row where numbers were shifted
 * @param key of the record: the aggregate's id
 */
public record FoundEvent(UUID id, long sequence, String topic, String key) {}
