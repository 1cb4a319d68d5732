package dev.fullstate.outbox.relay.failure;

import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;

import static dev.fullstate.outbox.relay.failure.FailureKind.PERMANENT;
import static dev.fullstate.outbox.relay.failure.FailureKind.REPLAY;
import static dev.fullstate.outbox.relay.failure.FailureKind.RETRY;
import static dev.fullstate.outbox.relay.failure.FailureKind.STEP_DOWN;

/**
 * The failures that PostgreSQL or its driver reports, told apart by SQLSTATE or the beginning of one (PostgreSQL manual, appendix A).
 *
 * <p>The server writes messages in its own language, so the relay reads none.
 */
public enum PostgresFailure implements Failure {
    SLOT_IN_USE(STEP_DOWN, "None while the other relay runs: this one takes over when it stops", "55006", "42710"),
    POOLER_IN_BETWEEN(
            PERMANENT,
            "Set outbox.relay.url to the address of PostgreSQL itself, without a pooler such as PgBouncer in between: the relay needs"
                    + " connections for replication",
            "08P01 of a new connection"),
    PROTOCOL_VIOLATION(REPLAY, "None: the relay connects again, and events in flight are sent again", "08P01"),
    REJECTED_BY_DRIVER(
            PERMANENT,
            "Set outbox.relay.password or spring.datasource.password, or correct sslmode in the URL, as the message says",
            "08004"),
    UNREACHABLE(
            RETRY,
            "Check that PostgreSQL runs and that spring.datasource.url (or outbox.relay.url) is right; the relay tries again",
            "08"),
    WRONG_PASSWORD(
            PERMANENT,
            "Check outbox.relay.username and outbox.relay.password, or spring.datasource.username and"
                    + " spring.datasource.password; the relay reads them again each time it connects",
            "28P01"),
    NOT_ADMITTED(
            PERMANENT,
            "Let the relay's role log in (ALTER ROLE ... LOGIN), or add the line to pg_hba.conf that the message names, or"
                    + " connect with TLS or a certificate, if it asks for that",
            "28"),
    NO_DATABASE(
            PERMANENT, "Create the database, or correct spring.datasource.url (or outbox.relay.url)", "3D000", "57P04"),
    NO_PRIVILEGE(PERMANENT, "Grant what the message names to the relay's role", "42501"),
    OBJECT_IS_GONE(
            RETRY, "None: the relay looks again at the slot and the publication, and says which is missing", "42704"),
    OTHER_SCHEMA(
            PERMANENT, "Restore the table or column that the message names: nothing is published without it", "42"),
    SLOT_LOST_OR_SERVER_UNFIT(
            PERMANENT,
            "If the slot can no longer be read (max_slot_wal_keep_size, idle_replication_slot_timeout): select"
                    + " pg_drop_replication_slot(...); -- the relay then finds in the table what Kafka lacks, and goes on. Otherwise"
                    + " see the message: wal_level, or a standby",
            "55000"),
    WAL_REMOVED(
            PERMANENT,
            "If WAL that the slot needs is gone: select pg_drop_replication_slot(...); -- the relay then finds in the"
                    + " table what Kafka lacks, and goes on",
            "58P01"),
    NOT_SUPPORTED(PERMANENT, "Connect to the primary of a PostgreSQL 14 or later, without a pooler in between", "0A"),
    READ_ONLY(
            RETRY, "Connect to the primary (with targetServerType=primary the URL may name several servers)", "25006"),
    SLOTS_EXHAUSTED(
            PERMANENT,
            "Drop an unused slot, or ALTER SYSTEM SET max_replication_slots = ...; -- and restart PostgreSQL",
            "53400"),
    CONNECTIONS_EXHAUSTED(
            RETRY, "Raise max_connections or max_wal_senders, or end connections; the relay tries again", "53300"),
    OUT_OF_RESOURCES(RETRY, "Give PostgreSQL disk space or memory; the relay tries again", "53"),
    SHUTTING_DOWN(RETRY, "None if PostgreSQL is restarted; otherwise see its log. The relay connects again", "57P"),
    CANCELED(RETRY, "None: someone, or a time-out, has cancelled a statement of the relay, which tries again", "57014"),
    CONFLICT(RETRY, "None: the relay tries again", "40", "55P03", "25"),
    SERVER_ERROR(RETRY, "See PostgreSQL's log; the relay connects again", "58", "XX"),
    OTHER(RETRY, "See the message of PostgreSQL; the relay connects again");

    private final FailureKind kind;
    private final String remedy;

    @SuppressWarnings("ImmutableEnumChecker") // Made by List.of.
    private final List<String> states;

    PostgresFailure(FailureKind kind, String remedy, String... states) {
        this.kind = kind;
        this.remedy = remedy;
        this.states = List.of(states);
    }

    /**
     * Finds the line of the table for an error.
     *
     * @param sqlState null where the driver gives none
     */
    public static PostgresFailure of(@Nullable String sqlState) {
        return Arrays.stream(values())
                .filter(failure -> sqlState != null && failure.states.stream().anyMatch(sqlState::startsWith))
                .findFirst()
                .orElse(OTHER);
    }

    @Override
    public FailureKind kind() {
        return kind;
    }

    @Override
    public List<String> signs() {
        return states;
    }

    @Override
    public String remedy() {
        return remedy;
    }
}
