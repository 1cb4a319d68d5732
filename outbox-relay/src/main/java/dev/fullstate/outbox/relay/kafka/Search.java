package dev.fullstate.outbox.relay.kafka;

import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.position.FoundEvent;

/** Reads published events of some topics, piece by piece. Used by one thread. */
public interface Search extends AutoCloseable {

    /**
     * Reads the next events, perhaps none, and passes over records of others.
     *
     * @return null after the last
     * @throws BrokerException if Kafka does not answer, or a transaction stays open
     */
    @Nullable
    List<FoundEvent> next();

    @Override
    void close();
}
