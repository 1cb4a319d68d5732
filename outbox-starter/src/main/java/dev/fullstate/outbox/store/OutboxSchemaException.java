package dev.fullstate.outbox.store;

/** The outbox's part of the schema could not be brought up to date. Fails the application's start. */
public final class OutboxSchemaException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    OutboxSchemaException(String message, Throwable cause) {
        super(message, cause);
    }

    /** What to do about it, in statements where there are some. */
    public String action() {
        return "The role has to be allowed to create tables in its schema, and a publication in its database:\n\n"
                + "    GRANT CREATE ON SCHEMA public TO the_role;\n"
                + "    GRANT CREATE ON DATABASE the_database TO the_role;\n\n"
                + "Or let someone who is run the script V1__outbox.sql of outbox-contract, grant INSERT on outbox and USAGE on"
                + " outbox_seq, and set outbox.schema.initialize=false.";
    }
}
