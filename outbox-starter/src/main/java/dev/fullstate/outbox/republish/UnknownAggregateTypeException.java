package dev.fullstate.outbox.republish;

import java.util.List;

/** A request for a republish names a type that no entity of the application has. */
public final class UnknownAggregateTypeException extends InvalidRepublishRequestException {

    private static final long serialVersionUID = 1L;

    UnknownAggregateTypeException(String type, List<String> captured) {
        super(
                captured.isEmpty()
                        ? "No entity has @PublishFullState, so there is nothing to republish"
                        : "Unknown aggregate type '" + type + "'; captured are " + captured);
    }
}
