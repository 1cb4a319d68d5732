package dev.fullstate.outbox.relay;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.acknowledge.AcknowledgeListener;
import dev.fullstate.outbox.relay.failure.FailureKind;
import dev.fullstate.outbox.relay.parking.Parked;
import dev.fullstate.outbox.relay.wal.SlotStatus;

/**
 * Counts the relay's work since it was constructed. The loop writes, any thread reads; figures that belong together may be read a moment
 * apart.
 */
public final class RelayStatistics {

    private final InstantSource clock;
    private final LongAdder received = new LongAdder();
    private final LongAdder published = new LongAdder();
    private final LongAdder confirmed = new LongAdder();
    private final LongAdder deadLetters = new LongAdder();
    private volatile Parked parked = Parked.NOTHING;
    private final LongAdder inFlight = new LongAdder();
    private final Map<FailureKind, LongAdder> failures = new EnumMap<>(FailureKind.class);
    /** As of the loop's last step; 0 between two streams. */
    private volatile long inFlightBytes;
    /** As of the last look at the slot; null before the first. */
    private volatile @Nullable SlotStatus slot;
    /** Set once, before or after the first event; null before. */
    private volatile @Nullable Consumer<Duration> latencies;

    RelayStatistics(InstantSource clock) {
        this.clock = clock;
        for (FailureKind kind : FailureKind.values()) {
            failures.put(kind, new LongAdder());
        }
    }

    /** Returns the number of events that the relay has received and was to publish, repeats included. */
    public long receivedCount() {
        return received.sum();
    }

    /** Returns the number of events that consumers can read. */
    public long publishedCount() {
        return published.sum();
    }

    /** Returns the number of events that PostgreSQL need not keep any more. */
    public long confirmedCount() {
        return confirmed.sum();
    }

    /** Returns the number of events that the relay has received and that consumers cannot read yet. */
    public long inFlightCount() {
        return inFlight.sum();
    }

    /** Returns the size of the records that are sent to Kafka and that consumers cannot read yet. */
    public long inFlightBytes() {
        return inFlightBytes;
    }

    /** Returns the number of events that were given up, and went to the topic of dead letters; those of aborted transactions count again. */
    public long deadLetterCount() {
        return deadLetters.sum();
    }

    /** Returns the aggregates whose events wait, according to the position that Kafka has; nothing while another relay has the slot. */
    public Parked parked() {
        return parked;
    }

    /** Returns how often a failure of this kind has made the relay start over. */
    public long failureCount(FailureKind kind) {
        return count(kind).sum();
    }

    /** Returns the slot at the last check, some seconds ago; null while the relay cannot ask the server. */
    public @Nullable SlotStatus slot() {
        return slot;
    }

    /**
     * Hands over from now on, for each transaction of the database, the time from its commit until consumers can read all of its events.
     * The commit's time is by the clock of the database's server, and never later than now.
     *
     * @param consumer called by the loop, which waits for it
     */
    public void latenciesTo(Consumer<Duration> consumer) {
        latencies = consumer;
    }

    void countReceived(long eventCount) {
        received.add(eventCount);
        inFlight.add(eventCount);
    }

    void setInFlightBytes(long bytes) {
        inFlightBytes = bytes;
    }

    void countDeadLetter() {
        deadLetters.increment();
    }

    /** Counts an event that had waited, and that consumers can read now; called by any thread. */
    void countReleased() {
        received.increment();
        published.increment();
        confirmed.increment();
    }

    void setParked(Parked recorded) {
        parked = recorded;
    }

    void countFailure(FailureKind kind) {
        count(kind).increment();
    }

    void setSlot(@Nullable SlotStatus status) {
        slot = status;
    }

    /** Notes that the events in flight have been given up. */
    void resetInFlight() {
        inFlight.reset();
        inFlightBytes = 0;
    }

    AcknowledgeListener progressListener() {
        return new AcknowledgeListener() {

            @Override
            public void published(long eventCount) {
                published.add(eventCount);
                inFlight.add(-eventCount);
            }

            @Override
            public void transactionPublished(Instant committedAt) {
                Consumer<Duration> consumer = latencies;
                if (consumer != null) {
                    Duration latency = Duration.between(committedAt, clock.instant());
                    consumer.accept(latency.isNegative() ? Duration.ZERO : latency);
                }
            }

            @Override
            public void confirmed(long eventCount) {
                confirmed.add(eventCount);
            }
        };
    }

    @SuppressWarnings("NullAway") // Every kind has its counter.
    private LongAdder count(FailureKind kind) {
        return failures.get(kind);
    }
}
