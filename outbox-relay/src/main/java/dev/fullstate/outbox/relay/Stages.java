package dev.fullstate.outbox.relay;

import java.util.function.Function;
import java.util.function.LongSupplier;

import dev.fullstate.outbox.relay.publish.PreparedPublisher;
import dev.fullstate.outbox.relay.route.Router;
import dev.fullstate.outbox.relay.wal.WalSource;

/**
 * The parts of a relay, in the order of the flow.
 *
 * @param publisher prepares a publisher for the pipeline of this name, which lasts until its first failure
 * @param nanoTime a clock that only goes forward
 * @param refusals that Kafka has given in earlier activities
 * @param unavailable the topics that have refused events in earlier activities
 * @param statistics of the relay, in all its activities
 * @param log for lines about single rows
 */
record Stages(
        RelaySettings settings,
        WalSource source,
        Router router,
        Function<String, PreparedPublisher> publisher,
        LongSupplier nanoTime,
        Refusals refusals,
        UnavailableTopics unavailable,
        RelayStatistics statistics,
        BoundedLog log) {

    /** Names what only one relay of the pipeline has at a time. */
    String lead() {
        return switch (source.source()) {
            case WAL -> "replication slot '" + settings.slotName() + "'";
            case TABLE -> "the lead of pipeline '" + settings.slotName() + "'";
        };
    }

    /** Says where events are while none is published. */
    String store() {
        return switch (source.source()) {
            case WAL -> "the slot '" + settings.slotName() + "' keeps the WAL";
            case TABLE -> "events stay in the table";
        };
    }
}
