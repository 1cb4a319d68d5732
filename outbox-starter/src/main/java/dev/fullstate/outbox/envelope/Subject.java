package dev.fullstate.outbox.envelope;

import java.util.regex.Pattern;

import dev.fullstate.outbox.OutboxException;
import dev.fullstate.outbox.capture.AggregateChange;

/** The aggregate's id as CloudEvents {@code subject}, which is a non-empty string (CloudEvents specification, section 3.1). */
final class Subject {

    /** Characters that the specification's type String must not have. */
    private static final Pattern CONTROL_CHARACTER = Pattern.compile("\\p{Cc}");

    private Subject() {}

    /**
     * Returns the id, if it can be the key of an event.
     *
     * @throws OutboxException if it cannot; the message names the entity
     */
    static String of(AggregateChange change) {
        String id = change.id();
        String entity = change.aggregate().root().getEntityName();
        if (id.isEmpty()) {
            throw new OutboxException("A " + entity + " has an empty id, which cannot be the key of its events, so its"
                    + " transaction fails. Give it an id before it is persisted");
        }
        if (CONTROL_CHARACTER.matcher(id).find()) {
            throw new OutboxException(
                    "The id of " + entity + " '" + CONTROL_CHARACTER.matcher(id).replaceAll("?")
                            + "' has a control character where the ? is, which the key of an event must not have, so its"
                            + " transaction fails. Use ids without control characters");
        }
        return id;
    }
}
