package dev.fullstate.outbox.contract;

/** The paths of the endpoints for operators, and the authority that they ask for. */
public final class AdminPaths {

    /** Republish jobs, of the service. */
    public static final String REPUBLISH = "/admin/republish";

    /** Parked aggregates and commands, of the relay. */
    public static final String RELAY = "/admin/relay";

    /** The authority of Spring Security that a caller must have been granted. */
    public static final String AUTHORITY = "OUTBOX_ADMIN";

    private AdminPaths() {}
}
