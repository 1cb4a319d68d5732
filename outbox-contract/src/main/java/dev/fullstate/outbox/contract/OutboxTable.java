package dev.fullstate.outbox.contract;

import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Names of the outbox table's columns. {@link OutboxNames} has the names of the table itself and of the objects beside it.
 *
 * <p>The first five columns carry the names that Debezium's Outbox Event Router expects by default ({@code id},
 * {@code aggregatetype}, {@code aggregateid}, {@code type}, {@code payload}), so that Debezium could read the table too.
 */
public final class OutboxTable {

    /** The number of leaves in the ring; each holds the rows of one day, and is used again afterwards. */
    public static final int LEAF_COUNT = 16;

    /** Order of insertion; per aggregate the order of commit, because it is drawn while the root's row is locked. */
    public static final String SEQ = "seq";

    /** CloudEvents {@code id}: UUIDv7, new for every row. */
    public static final String ID = "id";

    /** Routes to a topic. */
    public static final String AGGREGATE_TYPE = "aggregatetype";

    /** Kafka key and CloudEvents {@code subject}. */
    public static final String AGGREGATE_ID = "aggregateid";

    /** CloudEvents {@code type}. */
    public static final String TYPE = "type";

    /** The state as JSON text; null for a delete. */
    public static final String PAYLOAD = "payload";

    /** CloudEvents {@code source}. */
    public static final String SOURCE = "source";

    /** CloudEvents {@code time}: the time of the change; null where it is not known. */
    public static final String TIME = "time";

    /** CloudEvents {@code dataschema}; null where there is none. */
    public static final String DATA_SCHEMA = "dataschema";

    /** UUIDv5 of the event's change: the same change always has the same one. */
    public static final String CHANGE_ID = "changeid";

    /** The root's version. */
    public static final String ENTITY_VERSION = "entityversion";

    /** {@code create}, {@code update} or {@code delete}. */
    public static final String OPERATION = "operation";

    /** The republish job that wrote the row; null for a live change. */
    public static final String REPUBLISH_ID = "republishid";

    /** W3C trace context of the writing transaction. */
    public static final String TRACE_PARENT = "traceparent";

    /** W3C trace state of the writing transaction. */
    public static final String TRACE_STATE = "tracestate";

    /** Further CloudEvents extension attributes as a JSON object of strings; usually null. */
    public static final String EXTENSIONS = "extensions";

    /** The writing transaction. */
    public static final String XID = "xid";

    /** The time at which the row was written. */
    public static final String CREATED_AT = "created_at";

    /** Day number modulo 16; the partition key. */
    public static final String BUCKET = "bucket";

    /** The columns that the relay needs, in the order of the table; a table without one of them cannot be published. */
    public static final List<String> PUBLISHED_COLUMNS = List.of(
            SEQ,
            ID,
            AGGREGATE_TYPE,
            AGGREGATE_ID,
            TYPE,
            PAYLOAD,
            SOURCE,
            TIME,
            DATA_SCHEMA,
            CHANGE_ID,
            ENTITY_VERSION,
            OPERATION,
            REPUBLISH_ID,
            TRACE_PARENT,
            TRACE_STATE,
            EXTENSIONS,
            CREATED_AT);

    /** The length of an aggregate type, at most: a topic's name, of which it is a part, has 249 characters at most. */
    public static final int MAX_AGGREGATE_TYPE_LENGTH = 200;

    private static final Pattern LEGAL_AGGREGATE_TYPE =
            Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._-]{1," + MAX_AGGREGATE_TYPE_LENGTH + "}");

    private static final Instant FIRST_TIME = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant AFTER_LAST_TIME = Instant.parse("+10000-01-01T00:00:00Z");

    private OutboxTable() {}

    /** {@return whether an aggregate type can be part of a topic's name: 1 to 200 letters, digits, dots, underscores and hyphens} */
    public static boolean isAggregateType(String value) {
        return LEGAL_AGGREGATE_TYPE.matcher(value).matches();
    }

    /** {@return whether an event can have this time: RFC 3339 has years of four digits, and no infinity} */
    public static boolean isTime(Instant value) {
        return !value.isBefore(FIRST_TIME) && value.isBefore(AFTER_LAST_TIME);
    }

    /**
     * Returns the time at which a row was written, as SQL. It is null where the row cannot have been written then: SQL by hand may put any
     * time into {@link #CREATED_AT}, and ages, searches and the retention must not depend on it.
     *
     * @param row the alias of the table
     */
    public static String writtenAt(String row) {
        return "case when %1$s.%2$s between timestamptz 'epoch' and now() + interval '1 day' then %1$s.%2$s end"
                .formatted(row, CREATED_AT);
    }

    /** {@return the type of one of the published columns, as SQL names it} */
    public static String type(String publishedColumn) {
        return switch (publishedColumn) {
            case SEQ, ENTITY_VERSION -> "bigint";
            case ID, CHANGE_ID, REPUBLISH_ID -> "uuid";
            case TIME, CREATED_AT -> "timestamptz";
            default -> "text";
        };
    }
}
