package dev.fullstate.outbox.aggregate;

/** Fails the application's start, because an entity with {@code @PublishFullState} is mapped in a way that cannot be captured. */
public final class AggregateMappingException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String action;

    /**
     * Creates a refusal.
     *
     * @param message names the mapping that cannot be captured, and the reason
     * @param action the change that helps, with the line to add where there is one
     */
    public AggregateMappingException(String message, String action) {
        super(message);
        this.action = action;
    }

    /** Returns the change that helps, with the line to add where there is one. */
    public String action() {
        return action;
    }
}
