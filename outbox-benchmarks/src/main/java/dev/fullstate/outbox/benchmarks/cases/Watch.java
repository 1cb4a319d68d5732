package dev.fullstate.outbox.benchmarks.cases;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import dev.fullstate.outbox.benchmarks.server.Broker;
import dev.fullstate.outbox.benchmarks.server.OutboxDatabase;
import dev.fullstate.outbox.harness.process.ProcessUsage;

/**
 * Samples the processor time of contender, walsender and broker twenty times a second, so that the time between any two moments can be
 * computed afterwards.
 */
final class Watch {

    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final OutboxDatabase database;
    private final Broker broker;
    private final Turn turn;
    private final List<Sample> samples = new ArrayList<>();
    private OptionalLong walSender = OptionalLong.empty();
    private long peakResidentBytes;

    Watch(OutboxDatabase database, Broker broker, Turn turn) {
        this.database = database;
        this.broker = broker;
        this.turn = turn;
    }

    /** Answers whether the awaited event has happened. */
    interface Condition {
        boolean holds() throws SQLException;
    }

    /**
     * Samples until the condition holds.
     *
     * @throws UnfinishedException if it does not within the time, or the contender ends before; quotes its log
     */
    void until(Condition condition, Duration patience, String what) throws SQLException {
        long deadline = System.nanoTime() + patience.toNanos();
        look();
        while (!condition.holds()) {
            boolean alive = turn.jvm().isAlive();
            if (!alive || System.nanoTime() > deadline) {
                throw new UnfinishedException("The contender of %s had not %s %s:%n%s"
                        .formatted(
                                turn.pipeline().slot(),
                                what,
                                alive ? "after " + patience : "when it ended",
                                turn.jvm().endOfLog()));
            }
            LockSupport.parkNanos(INTERVAL_NANOS);
            look();
        }
    }

    private void look() throws SQLException {
        if (walSender.isEmpty()) {
            walSender = database.walSender(turn.pipeline().slot());
        }
        ProcessUsage contender = turn.jvm().usage();
        peakResidentBytes = Math.max(peakResidentBytes, contender.peakResidentBytes());
        samples.add(new Sample(
                System.currentTimeMillis(),
                contender.cpuSeconds(),
                walSender.isPresent() ? new ProcessUsage(walSender.getAsLong()).cpuSeconds() : 0,
                broker.usage().cpuSeconds()));
    }

    /** {@return the most memory that the contender has held so far, in bytes} */
    long peakResidentBytes() {
        return peakResidentBytes;
    }

    /** {@return the processor time from one moment to another, in milliseconds since the epoch} */
    Sample between(long fromMillis, long toMillis) {
        return at(toMillis).minus(at(fromMillis));
    }

    /** Interpolates evenly between two samples. */
    private Sample at(long millis) {
        Sample before = samples.get(0);
        for (Sample sample : samples) {
            if (sample.millis() >= millis) {
                return before.towards(sample, millis);
            }
            before = sample;
        }
        return before;
    }

    /** Processor time in seconds, up to a moment or between two. */
    record Sample(long millis, double contender, double walSender, double broker) {

        Sample minus(Sample other) {
            return new Sample(
                    millis - other.millis,
                    contender - other.contender,
                    walSender - other.walSender,
                    broker - other.broker);
        }

        Sample towards(Sample later, long moment) {
            double part = later.millis == millis ? 1 : (double) (moment - millis) / (later.millis - millis);
            double bounded = Math.max(0, Math.min(1, part));
            return new Sample(
                    moment,
                    contender + bounded * (later.contender - contender),
                    walSender + bounded * (later.walSender - walSender),
                    broker + bounded * (later.broker - broker));
        }
    }
}
