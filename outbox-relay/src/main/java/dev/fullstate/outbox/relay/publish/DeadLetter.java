package dev.fullstate.outbox.relay.publish;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.transaction.ReceivedRow;

/**
 * A row that cannot be published as an event, for the topic of dead letters.
 *
 * @param reason a sentence; never with the payload
 * @param topic to which the event would have gone; null if no topic can have the name
 * @param refusedCount how often Kafka has refused the letter as too large: each time it gets shorter
 */
public record DeadLetter(
        ReceivedRow row, String reason, @Nullable String topic, int refusedCount) {}
