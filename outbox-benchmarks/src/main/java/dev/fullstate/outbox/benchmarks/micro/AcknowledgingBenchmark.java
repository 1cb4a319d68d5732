package dev.fullstate.outbox.benchmarks.micro;

import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

import dev.fullstate.outbox.relay.acknowledge.AcknowledgeListener;
import dev.fullstate.outbox.relay.acknowledge.AcknowledgeTracker;
import dev.fullstate.outbox.relay.acknowledge.PendingTransaction;
import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.position.Progress;

/**
 * Measures the way from the send of an event to the position that may be confirmed, with a few megabytes of transactions in flight. Kafka
 * answers events in the order in which they were sent.
 */
@State(Scope.Thread)
public class AcknowledgingBenchmark {

    private static final int ROWS = 10;
    private static final int IN_FLIGHT = 256;
    private static final int WAL_BYTES_PER_ROW = 1_500;

    private final AcknowledgeTracker tracker = new AcknowledgeTracker(Lsn.ZERO, AcknowledgeListener.NONE);
    private final @Nullable PendingTransaction[] inFlight = new PendingTransaction[IN_FLIGHT];
    private int oldest;
    private long lsn;

    @Benchmark
    @OperationsPerInvocation(ROWS)
    public Progress acknowledge() {
        return transaction(ROWS);
    }

    @Benchmark
    public Progress acknowledgeSingleRow() {
        return transaction(1);
    }

    /** Sends one transaction, and answers the one that was sent longest ago. */
    private Progress transaction(int rows) {
        PendingTransaction sent = tracker.begin();
        for (int row = 0; row < rows; row++) {
            sent.addEvent();
        }
        lsn += (long) rows * WAL_BYTES_PER_ROW;
        tracker.end(new Lsn(lsn));
        PendingTransaction answered = inFlight[oldest];
        if (answered != null) {
            for (int row = 0; row < rows; row++) {
                answered.whenPublished().run();
            }
        }
        inFlight[oldest] = sent;
        oldest = (oldest + 1) % IN_FLIGHT;
        return tracker.advance();
    }
}
