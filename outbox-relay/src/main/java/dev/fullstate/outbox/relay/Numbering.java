package dev.fullstate.outbox.relay;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.position.Numbers;
import dev.fullstate.outbox.relay.transaction.CommittedEvent;

/** Gives events the numbers under which they are published, and keeps account of them. */
final class Numbering {

    /** The numbers of all events up to the last call of {@link #numbers()}; their shift never changes. */
    private Numbers numbers;
    /** The highest number of a row that the publisher was given or that is published; never below that of {@code numbers}. */
    private long newestSeq;
    /** The id of that row, as text; null if {@code numbers} has it already, so that it is parsed for each commit and not for each event. */
    private byte @Nullable [] newestId;

    Numbering(Numbers published) {
        this.numbers = published;
        this.newestSeq = published.newest() == null ? 0 : published.newest().seq();
    }

    /**
     * Returns the event as it is published.
     *
     * @param seq its number in the table
     */
    CommittedEvent number(CommittedEvent event, long seq) {
        long sequence = numbers.shift().apply(seq);
        return sequence == seq ? event : event.withSequence(sequence);
    }

    /**
     * Notes an event that the publisher was given.
     *
     * @param seq its number in the table
     */
    void noteReceived(CommittedEvent event, long seq) {
        if (seq > newestSeq) {
            newestSeq = seq;
            newestId = event.id();
        }
    }

    /** Returns the numbers of all events that the publisher was given, and of those published before. */
    Numbers numbers() {
        byte[] id = newestId;
        if (id != null) {
            numbers = numbers.with(newestSeq, UUID.fromString(new String(id, StandardCharsets.UTF_8)));
            newestId = null;
        }
        return numbers;
    }
}
