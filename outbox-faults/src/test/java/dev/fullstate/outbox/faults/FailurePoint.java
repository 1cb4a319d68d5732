package dev.fullstate.outbox.faults;

import java.util.List;
import java.util.Random;
import java.util.function.Predicate;

/**
 * A point at which a relay can fail.
 *
 * @param when the relay's work when it passes the point
 * @param mostSkips how many times the relay may pass it before, and still come there soon
 * @param after whether it may fail after the call; false of calls that open what nothing could close then
 */
record FailurePoint(String call, When when, int mostSkips, boolean after) {

    /** The work of a relay when it comes to a point. */
    enum When {
        STREAMING,
        CONNECTING,
        /** The relay creates its slot again, and publishes from the table. */
        FILLING
    }

    static final List<FailurePoint> ALL = List.of(
            new FailurePoint("WalStream.read", When.STREAMING, 300, true),
            new FailurePoint("WalStream.confirm", When.STREAMING, 2, true),
            new FailurePoint("WalStream.serverPosition", When.STREAMING, 2, true),
            new FailurePoint("WalStream.requirePublication", When.STREAMING, 0, true),
            new FailurePoint("Horizons.now", When.STREAMING, 0, true),
            new FailurePoint("Horizons.note", When.STREAMING, 0, true),
            new FailurePoint("RepublishJobs.ended", When.STREAMING, 0, true),
            new FailurePoint("Producer.beginTransaction", When.STREAMING, 3, true),
            new FailurePoint("Producer.send", When.STREAMING, 300, true),
            new FailurePoint("Producer.commitTransaction", When.STREAMING, 3, true),
            new FailurePoint("WalSource.open", When.CONNECTING, 0, false),
            new FailurePoint("WalSession.slotPosition", When.CONNECTING, 0, true),
            new FailurePoint("WalSession.slotStatus", When.CONNECTING, 0, true),
            new FailurePoint("Subscription.stream", When.CONNECTING, 0, true),
            new FailurePoint("WalSession.lead", When.CONNECTING, 0, true),
            new FailurePoint("Subscription.facts", When.CONNECTING, 0, true),
            new FailurePoint("Connector.connect", When.CONNECTING, 0, false),
            new FailurePoint("Kafka.producer", When.CONNECTING, 0, false),
            new FailurePoint("Kafka.topics", When.CONNECTING, 0, true),
            new FailurePoint("Kafka.follow", When.CONNECTING, 0, true),
            new FailurePoint("LastValues.current", When.CONNECTING, 0, true),
            new FailurePoint("Producer.initTransactions", When.CONNECTING, 0, true),
            new FailurePoint("Subscription.dropSlot", When.FILLING, 0, true),
            new FailurePoint("Subscription.createSlot", When.FILLING, 0, true),
            new FailurePoint("Subscription.retainedRows", When.FILLING, 0, true),
            new FailurePoint("RetainedRows.survey", When.FILLING, 0, true),
            new FailurePoint("RetainedRows.endFound", When.FILLING, 0, true),
            new FailurePoint("RetainedRows.raiseSequence", When.FILLING, 0, true),
            new FailurePoint("RetainedRows.page", When.FILLING, 0, true),
            new FailurePoint("RetainedRows.newest", When.FILLING, 0, true));

    static FailurePoint ofOrdinaryLife(Delivery delivery, Random random) {
        return any(point -> point.when != When.FILLING && point.isOf(delivery), random);
    }

    /** Returns whether a relay with this delivery has the point: at least once, it makes no transactions. */
    private boolean isOf(Delivery delivery) {
        return delivery == Delivery.EXACTLY_ONCE || !call.contains("Transaction");
    }

    static FailurePoint ofAFill(Random random) {
        return any(point -> point.when == When.FILLING, random);
    }

    private static FailurePoint any(Predicate<FailurePoint> which, Random random) {
        List<FailurePoint> some = ALL.stream().filter(which).toList();
        return some.get(random.nextInt(some.size()));
    }

    String name(Random random) {
        return call + (after && random.nextBoolean() ? ":after" : ":before");
    }

    int skips(Random random) {
        return random.nextInt(mostSkips + 1);
    }
}
