package dev.fullstate.outbox.relay.publish;

import dev.fullstate.outbox.relay.kafka.BrokerException;
import dev.fullstate.outbox.relay.kafka.Kafka;
import dev.fullstate.outbox.relay.observation.ObservedEvents;

/**
 * Everything that can be done before a relay may publish: clients that are connected, topics that are there, and the pipeline's
 * position as far as it is known. A relay that stands by holds it for as long as it likes; brokers may restart in that time.
 *
 * <p>No other relay notices it: nothing is fenced off, and no event and no position is written. Used by one thread.
 */
public interface PreparedPublisher extends AutoCloseable {

    /**
     * Connects to Kafka.
     *
     * @param pipeline names, for all time and in the whole Kafka cluster, the outbox that is published
     * @throws BrokerException if Kafka does not answer or a topic is not what it has to be
     */
    static PreparedPublisher prepare(PublisherSettings settings, String pipeline) {
        return prepare(settings, pipeline, Kafka::connect, ObservedEvents.none());
    }

    /**
     * Connects to Kafka through other clients than Kafka's own, and has the events observed.
     *
     * @throws BrokerException if Kafka does not answer or a topic is not what it has to be
     */
    static PreparedPublisher prepare(
            PublisherSettings settings, String pipeline, Kafka.Connector connector, ObservedEvents observed) {
        return Preparation.of(
                settings,
                pipeline,
                connector.connect(settings.kafka()),
                observed,
                CommitThread.of(settings),
                System::nanoTime);
    }

    /**
     * Takes note of the positions that another relay has written since, so that {@link #takeOver} has little left to read. Returns
     * at once, also while Kafka is away; to be called every few seconds.
     *
     * @throws BrokerException if this can no longer be used, and has to be closed and replaced
     */
    void keepUp();

    /**
     * Makes a publisher of it, once. From now on no predecessor can publish with exactly-once delivery; where to resume is final. The caller
     * holds the replication slot, without which two relays would fence each other off for ever.
     *
     * @return what has to be closed in this one's place
     * @throws BrokerException if Kafka does not answer in time, or the position is not readable; this is closed then
     */
    Publisher takeOver();

    /** Ends the connections, unless {@link #takeOver} has handed them on. */
    @Override
    void close();
}
