package dev.fullstate.outbox.relay.publish;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.route.RoutedEvent;
import dev.fullstate.outbox.relay.transaction.CommittedEvent;
import dev.fullstate.outbox.relay.transaction.ReceivedRow;

/**
 * Tells the record of an event, or a dead letter, from all others. An event that was corrected in the table is another one.
 *
 * @param id of the event, or the position of a row without one
 * @param content a hash of whatever makes a record large
 * @param isDeadLetter whether it is the letter of an event, and not the event
 */
public record RecordIdentity(String topic, String id, int content, boolean isDeadLetter) {

    /** No text in UTF-8 has this byte. */
    private static final int SEPARATOR = 0xFF;

    /** Returns that of an event. */
    public static RecordIdentity of(RoutedEvent routed) {
        return ofEvent(routed.topic(), routed.event().id(), content(routed.event()));
    }

    static RecordIdentity ofEvent(String topic, byte[] id, int content) {
        return new RecordIdentity(topic, new String(id, StandardCharsets.UTF_8), content, false);
    }

    /** Returns the hash of an event. It is one that every compiler of the JVM makes from a few instructions of the processor. */
    static int content(CommittedEvent event) {
        CRC32 hash = new CRC32();
        add(hash, event.payload());
        add(hash, event.extensions());
        add(hash, event.dataSchema());
        add(hash, event.traceState());
        add(hash, event.aggregateId());
        return (int) hash.getValue();
    }

    private static void add(CRC32 hash, byte @Nullable [] value) {
        if (value != null) {
            hash.update(value);
        }
        hash.update(SEPARATOR);
    }

    /** Returns that of a row's dead letter, in any of its forms. */
    public static RecordIdentity ofLetter(ReceivedRow row) {
        byte[] id = row.id();
        return new RecordIdentity(
                "", id == null ? row.position().toString() : new String(id, StandardCharsets.UTF_8), 0, true);
    }
}
