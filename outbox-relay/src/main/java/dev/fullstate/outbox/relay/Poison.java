package dev.fullstate.outbox.relay;

/** The treatment of an event that cannot be published, whatever is done about the connections. */
public enum Poison {
    /**
     * The event goes to the topic of dead letters, and it and all later ones of its aggregate wait in the outbox for an operator. All other
     * aggregates are published.
     */
    PARK,
    /** The event goes to the topic of dead letters, and later ones of its aggregate are published. */
    SKIP,
    /** Nothing more is published until the row is corrected or deleted. */
    STOP
}
