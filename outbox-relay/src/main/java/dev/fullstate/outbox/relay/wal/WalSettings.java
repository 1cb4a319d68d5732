package dev.fullstate.outbox.relay.wal;

import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * The database to read, and the time that answers may take.
 *
 * @param database asked for at each connection, because passwords change
 * @param publication of the outbox table
 * @param slotName letters in lower case, digits and underscores, {@value #MAX_SLOT_NAME_LENGTH} at most
 * @param connectTimeout for each connection
 * @param queryTimeout for each statement on the ordinary connection
 * @param slotCreationTimeout for the wait until every transaction that is open at the slot's creation has ended
 * @param walSenderTimeout after which the server frees the slot of a relay that has gone silent
 * @param failoverSlot whether standbys are to have the slot, on servers that bring slots to standbys
 * @param sendAfter what has to be before an event is sent
 * @param source where rows are read
 */
public record WalSettings(
        Supplier<ConnectionDetails> database,
        String publication,
        String slotName,
        Duration connectTimeout,
        Duration queryTimeout,
        Duration slotCreationTimeout,
        Duration walSenderTimeout,
        boolean failoverSlot,
        SendAfter sendAfter,
        Source source) {

    /** PostgreSQL allows 63. */
    public static final int MAX_SLOT_NAME_LENGTH = 50;

    /** In words, which names {@link #isSlotName} accepts. */
    public static final String SLOT_NAME =
            "a slot's name, lower-case letters, digits and underscores, not beginning with a" + " digit, "
                    + MAX_SLOT_NAME_LENGTH + " at most";

    /** Makes settings of connections that are all made with the same, with a slot that standbys have too, and without waiting for them. */
    public WalSettings(
            String url,
            @Nullable String username,
            @Nullable String password,
            String publication,
            String slotName,
            Duration connectTimeout,
            Duration queryTimeout,
            Duration slotCreationTimeout,
            Duration walSenderTimeout) {
        this(
                () -> new ConnectionDetails(url, username, password, Map.of()),
                publication,
                slotName,
                connectTimeout,
                queryTimeout,
                slotCreationTimeout,
                walSenderTimeout,
                true,
                SendAfter.LOCAL_FLUSH,
                Source.WAL);
    }

    public WalSettings {
        if (!isSlotName(slotName)) {
            throw new IllegalArgumentException("'" + slotName + "' is not " + SLOT_NAME);
        }
    }

    /** {@return whether the slot of a relay can have this name} */
    public static boolean isSlotName(String name) {
        return name.matches("[a-z_][a-z0-9_]{0," + (MAX_SLOT_NAME_LENGTH - 1) + "}");
    }

    /** Returns the same settings with another source. */
    public WalSettings reading(Source other) {
        return new WalSettings(
                database,
                publication,
                slotName,
                connectTimeout,
                queryTimeout,
                slotCreationTimeout,
                walSenderTimeout,
                failoverSlot,
                sendAfter,
                other);
    }

    boolean readsTable() {
        return source == Source.TABLE;
    }

    /** Returns the URL without its parameters, one of which may be a password. */
    String address() {
        return database.get().address();
    }

    /** Returns the role as a statement names it. */
    String role() {
        String username = database.get().username();
        if (username == null) {
            return "<role>";
        }
        return username.matches("[a-z_][a-z0-9_]*") ? username : '"' + username.replace("\"", "\"\"") + '"';
    }

    /** Leaves out all passwords. */
    @Override
    public String toString() {
        return (readsTable() ? "the table of pipeline " : "slot ") + slotName + " as " + database.get();
    }
}
