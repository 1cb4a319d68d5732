package dev.fullstate.outbox.relay.acknowledge;

import java.time.Instant;

/** Receives the counts of published and confirmed events; the loop calls it at most a few times per step and once for each transaction. */
public interface AcknowledgeListener {

    /** A listener that counts nothing. */
    AcknowledgeListener NONE = new AcknowledgeListener() {

        @Override
        public void published(long eventCount) {
            // Not counted.
        }

        @Override
        public void transactionPublished(Instant committedAt) {
            // Not measured.
        }

        @Override
        public void confirmed(long eventCount) {
            // Not counted.
        }
    };

    /** Takes note of events that are published since the last call. */
    void published(long eventCount);

    /**
     * Takes note of a transaction with events that is published as a whole.
     *
     * @param committedAt when it was committed, by the clock of the database's server
     */
    void transactionPublished(Instant committedAt);

    /** Takes note of events that are confirmed to PostgreSQL since the last call. */
    void confirmed(long eventCount);
}
