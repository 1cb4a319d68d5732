package dev.fullstate.outbox.faults;

import java.util.List;
import java.util.Random;

/**
 * A point at which a relay can fail that runs, or that connects.
 *
 * @param connecting whether it is passed only when the relay connects
 * @param mostSkips how many times it may be passed before, so that it still comes soon
 * @param after whether it may fail after the call: what a call has opened, nobody could close then
 */
record FailurePoint(String call, boolean connecting, int mostSkips, boolean after) {

    static final List<FailurePoint> ALL = List.of(
            new FailurePoint("WalStream.read", false, 300, true),
            new FailurePoint("WalStream.confirm", false, 2, true),
            new FailurePoint("WalStream.serverPosition", false, 2, true),
            new FailurePoint("WalSession.requirePublication", false, 0, true),
            new FailurePoint("Horizons.now", false, 0, true),
            new FailurePoint("Horizons.note", false, 0, true),
            new FailurePoint("RepublishJobs.ended", false, 0, true),
            new FailurePoint("Producer.beginTransaction", false, 3, true),
            new FailurePoint("Producer.send", false, 300, true),
            new FailurePoint("Producer.commitTransaction", false, 3, true),
            new FailurePoint("WalSource.open", true, 0, false),
            new FailurePoint("WalSession.slotPosition", true, 0, true),
            new FailurePoint("WalSession.look", true, 0, true),
            new FailurePoint("WalSession.stream", true, 0, true),
            new FailurePoint("WalSession.lead", true, 0, true),
            new FailurePoint("WalSession.facts", true, 0, true),
            new FailurePoint("Connector.connect", true, 0, false),
            new FailurePoint("Kafka.producer", true, 0, false),
            new FailurePoint("Kafka.topics", true, 0, true),
            new FailurePoint("Kafka.follow", true, 0, true),
            new FailurePoint("LastValues.current", true, 0, true),
            new FailurePoint("Producer.initTransactions", true, 0, true));

    static FailurePoint any(Random random) {
        return ALL.get(random.nextInt(ALL.size()));
    }

    String name(Random random) {
        return call + (after && random.nextBoolean() ? ":after" : ":before");
    }

    int skips(Random random) {
        return random.nextInt(mostSkips + 1);
    }
}
