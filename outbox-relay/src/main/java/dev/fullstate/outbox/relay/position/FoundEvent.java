package dev.fullstate.outbox.relay.position;

import java.time.Instant;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * An event as it was found in Kafka.
 *
 * @param id of the event, which is that of its row
 * @param sequence of the event, which is above the number of its row where numbers were shifted
 * @param key of the record: the aggregate's id
 * @param source CloudEvents source; null if the record has none, and so is not of an outbox
 * @param type CloudEvents type; null if the record has none
 * @param recordedAt when its row was written, by the database's clock; null if the record does not say
 */
public record FoundEvent(
        UUID id,
        long sequence,
        String topic,
        String key,
        @Nullable String source,
        @Nullable String type,
        @Nullable Instant recordedAt) {}
