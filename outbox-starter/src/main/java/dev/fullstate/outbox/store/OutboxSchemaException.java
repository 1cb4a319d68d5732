package dev.fullstate.outbox.store;

/** The outbox's part of the schema could not be brought up to date. Fails the application's start. */
public final class OutboxSchemaException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private static final String RIGHTS =
            "The role has to be allowed to create tables in its schema, and a publication in its database:\n\n"
                    + "    GRANT CREATE ON SCHEMA public TO the_role;\n"
                    + "    GRANT CREATE ON DATABASE the_database TO the_role;\n\n"
                    + "Or let someone who is run the script V1__outbox.sql of outbox-contract, grant INSERT on outbox and"
                    + " USAGE on outbox_seq, and set outbox.schema.initialize=false.";

    private final String action;

    /** A migration failed, in most cases for want of rights. */
    OutboxSchemaException(String message, Throwable cause) {
        this(message, RIGHTS, cause);
    }

    /** Something else is in the way, and {@code action} removes it. */
    public OutboxSchemaException(String message, String action, Throwable cause) {
        super(message, cause);
        this.action = action;
    }

    /** What to do about it, in statements where there are some. */
    public String action() {
        return action;
    }
}
