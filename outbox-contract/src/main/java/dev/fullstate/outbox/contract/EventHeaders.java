package dev.fullstate.outbox.contract;

/**
 * Header names of the Kafka record: CloudEvents 1.0.2 in the binary mode of the Kafka protocol binding (section 3.2), where
 * attributes are headers with the prefix {@code ce_} and {@code datacontenttype} is {@code content-type}.
 */
public final class EventHeaders {

    /** Prefix of every attribute. */
    public static final String PREFIX = "ce_";

    /** Content type of the value; absent from a delete, which has no value. */
    public static final String CONTENT_TYPE = "content-type";

    public static final String SPEC_VERSION = PREFIX + "specversion";
    public static final String ID = PREFIX + "id";
    public static final String SOURCE = PREFIX + "source";
    public static final String TYPE = PREFIX + "type";
    public static final String SUBJECT = PREFIX + "subject";
    public static final String TIME = PREFIX + "time";
    public static final String DATA_SCHEMA = PREFIX + "dataschema";

    /** Extension: the same change always has the same change id. */
    public static final String CHANGE_ID = PREFIX + "changeid";

    /** Extension: {@value #SEQUENCE_DIGITS} digits, zero-padded, so that text order is number order; rises per key. */
    public static final String SEQUENCE = PREFIX + "sequence";

    /** Extension: the root's version, as a string because CloudEvents integers have 32 bits. */
    public static final String ENTITY_VERSION = PREFIX + "entityversion";

    /** Extension: {@code create}, {@code update} or {@code delete}. */
    public static final String OPERATION = PREFIX + "operation";

    /** Extension: the republish job; on republished events only. */
    public static final String REPUBLISH_ID = PREFIX + "republishid";

    /** Extension: the time at which the event was recorded in the outbox. */
    public static final String RECORDED_TIME = PREFIX + "recordedtime";

    /** Distributed tracing extension. */
    public static final String TRACE_PARENT = PREFIX + "traceparent";

    /** Distributed tracing extension. */
    public static final String TRACE_STATE = PREFIX + "tracestate";

    /** W3C Trace Context as tracing libraries read it: the value of {@link #TRACE_PARENT} once more. */
    public static final String W3C_TRACE_PARENT = "traceparent";

    /** W3C Trace Context as tracing libraries read it: the value of {@link #TRACE_STATE} once more. */
    public static final String W3C_TRACE_STATE = "tracestate";

    /** Digits of {@link #SEQUENCE}: as many as the largest bigint has. */
    public static final int SEQUENCE_DIGITS = 19;

    private EventHeaders() {}
}
