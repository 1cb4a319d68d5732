package dev.fullstate.outbox.relay;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.position.Numbers;
import dev.fullstate.outbox.relay.transaction.CommittedEvent;

/** Gives events the numbers under which they are sent, and keeps account of them. */
final class Numbering {

    private Numbers sent;
    private long newestSeq;
    private byte @Nullable [] newestId;

    Numbering(Numbers published) {
        this.sent = published;
        this.newestSeq = published.newest() == null ? 0 : published.newest().seq();
    }

    /** The event as it is sent. */
    CommittedEvent number(CommittedEvent event) {
        long seq = event.sequence();
        long sequence = sent.shift().apply(seq);
        return sequence == seq ? event : event.withSequence(sequence);
    }

    /** The event, as it was before it was numbered, has been sent. */
    void sent(CommittedEvent event) {
        long seq = event.sequence();
        if (seq > newestSeq) {
            newestSeq = seq;
            newestId = event.id();
        }
    }

    /** Of all that was sent, and published before. */
    Numbers sent() {
        byte[] id = newestId;
        if (id != null) {
            sent = sent.with(newestSeq, UUID.fromString(new String(id, StandardCharsets.UTF_8)));
            newestId = null;
        }
        return sent;
    }
}
