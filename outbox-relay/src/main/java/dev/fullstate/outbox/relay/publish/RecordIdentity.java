package dev.fullstate.outbox.relay.publish;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

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

    /** Returns that of an event. */
    public static RecordIdentity of(RoutedEvent routed) {
        CommittedEvent event = routed.event();
        int content = Arrays.deepHashCode(new Object[] {
            event.payload(), event.extensions(), event.dataSchema(), event.traceState(), event.aggregateId()
        });
        return new RecordIdentity(routed.topic(), new String(event.id(), StandardCharsets.UTF_8), content, false);
    }

    /** Returns that of a row's dead letter, in any of its forms. */
    public static RecordIdentity ofLetter(ReceivedRow row) {
        byte[] id = row.id();
        return new RecordIdentity(
                "", id == null ? row.position().toString() : new String(id, StandardCharsets.UTF_8), 0, true);
    }
}
