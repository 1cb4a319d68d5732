package dev.fullstate.outbox.relay.wal;

import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.contract.OutboxTable;
import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.position.PublishedRows;

/**
 * The outbox's rows that are older than the slot, in the order of {@code seq}, which per aggregate is the order of commit.
 * Together with the stream that starts at {@link #end()} they are all rows, each once.
 */
public interface RetainedRows {

    /**
     * Begins to read. To be called first, and once.
     *
     * @param published what earlier attempts have published, to be left out
     */
    void begin(List<PublishedRows> published);

    /** PostgreSQL's {@code pg_snapshot} in which the rows are seen, as text. */
    String snapshot();

    /** The values of {@link OutboxTable#PUBLISHED_COLUMNS} of the next row, as text in UTF-8; null after the last. */
    byte @Nullable [] @Nullable [] next();

    /** Where the stream continues. */
    Lsn end();

    /**
     * Ends the first start: from here on the slot exists, at {@link #end()}. To be called when Kafka has all of the rows.
     */
    void complete();
}
