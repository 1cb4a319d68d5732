package dev.fullstate.outbox.contract;

/**
 * Names of the headers that a dead letter has beside those of its event ({@link EventHeaders}), as far as the row has values for them.
 * Header values are UTF-8.
 */
public final class DeadLetterHeaders {

    /** Prefix of all. */
    public static final String PREFIX = "outbox_";

    /** Why the event cannot be published, as a sentence. */
    public static final String REASON = PREFIX + "reason";

    /** The pipeline whose relay has written the letter. */
    public static final String PIPELINE = PREFIX + "pipeline";

    /** The end of the row's transaction and the row's index in it, as in {@code 0/16B3748#17}. */
    public static final String POSITION = PREFIX + "position";

    /** The aggregate type, by which events are routed; absent if the row has none. */
    public static final String AGGREGATE_TYPE = PREFIX + "aggregatetype";

    /** The topic to which the event would have gone; absent if no topic can have the name. */
    public static final String TOPIC = PREFIX + "topic";

    /** The size of the payload, which was too large for the letter; absent from a letter that has it, and from that of a delete. */
    public static final String OMITTED_BYTES = PREFIX + "omittedbytes";

    private DeadLetterHeaders() {}
}
