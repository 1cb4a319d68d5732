package dev.fullstate.outbox.aggregate;

/** An entity with {@code @PublishFullState} is mapped in a way that cannot be captured. Fails the application's start. */
public final class AggregateMappingException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String action;

    /**
     * Creates a refusal.
     *
     * @param message what cannot be captured, and why
     * @param action what to change, with the line to add where there is one
     */
    public AggregateMappingException(String message, String action) {
        super(message);
        this.action = action;
    }

    /** What to change, with the line to add where there is one. */
    public String action() {
        return action;
    }
}
