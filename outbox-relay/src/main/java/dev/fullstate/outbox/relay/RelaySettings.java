package dev.fullstate.outbox.relay;

import java.time.Duration;

import org.springframework.util.unit.DataSize;

/**
 * Bounds of the loop.
 *
 * @param slotName also names the thread and the log lines
 * @param maxInFlight sent to Kafka and not yet acknowledged, at most; one event may exceed it
 * @param pollInterval between two reads of a stream that has nothing
 * @param minRetryDelay after the first failure; doubles with each further one
 * @param maxRetryDelay between two attempts, at most
 * @param standbyInterval between two checks of a slot that another relay has
 * @param leaderTimeout after which a slot is taken from a relay that shows no sign of life
 * @param shutdownTimeout for the events in flight when the relay is stopped
 * @param poison the treatment of events that cannot be published
 * @param afterLoss the treatment of aggregates of which consumers have events that the database has lost
 */
public record RelaySettings(
        String slotName,
        DataSize maxInFlight,
        Duration pollInterval,
        Duration minRetryDelay,
        Duration maxRetryDelay,
        Duration standbyInterval,
        Duration leaderTimeout,
        Duration shutdownTimeout,
        PoisonPolicy poison,
        AfterLoss afterLoss) {

    /** Returns the delay before the next attempt after that many failures in a row. */
    Duration retryDelay(int failureCount) {
        int doublings = Math.min(failureCount - 1, Integer.SIZE - 2);
        Duration delay = minRetryDelay.multipliedBy(1L << doublings);
        return delay.compareTo(maxRetryDelay) < 0 ? delay : maxRetryDelay;
    }
}
