package dev.fullstate.outbox.relay.acknowledge;

import java.time.Instant;

/** Is told how events get on, in figures; called by the loop, some times a step at most and once for each transaction. */
public interface AcknowledgeListener {

    /** For whom nobody counts. */
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

    /** So many more events are published. */
    void published(long eventCount);

    /**
     * A transaction with events is published as a whole.
     *
     * @param committedAt when it was committed, by the clock of the database's server
     */
    void transactionPublished(Instant committedAt);

    /** So many more events are confirmed to PostgreSQL. */
    void confirmed(long eventCount);
}
