package dev.fullstate.outbox.relay.publish;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Future;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.parking.Parked;
import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.publish.RecordSender.Sendable;

/** The state of a {@link TransactionalPublisher}. A producer has one transaction at a time, and each event given is in exactly one place. */
sealed interface TransactionState {

    /** Returns the size of the events that are in the transaction or wait for the next one. */
    long bytes();

    /** No transaction is open, and nothing waits: all that was given is committed. */
    record Idle() implements TransactionState {

        @Override
        public long bytes() {
            return 0;
        }
    }

    /** A transaction is open, and its commit has not been requested. Events that are given are sent in it. */
    final class Open implements TransactionState {

        private final long openedAt;
        private long addedAt;
        /** Calls that are due once consumers can read the transaction, in the order of the events; empty only until the first is added. */
        private final List<Runnable> whenPublished = new ArrayList<>();
        /** The size of the events that were sent in the transaction; 0 without one. */
        private long bytes;

        Open(long openedAt) {
            this.openedAt = openedAt;
            this.addedAt = openedAt;
        }

        void add(Given given, long now) {
            addedAt = now;
            bytes += given.bytes();
            whenPublished.add(given.whenPublished());
        }

        long openedAt() {
            return openedAt;
        }

        /** Returns when the last event was added. */
        long addedAt() {
            return addedAt;
        }

        boolean isEmpty() {
            return whenPublished.isEmpty();
        }

        @Override
        public long bytes() {
            return bytes;
        }

        void tellPublished() {
            whenPublished.forEach(Runnable::run);
        }
    }

    /** The commit of a transaction is under way. Events that are given wait, since a producer begins no transaction before its end. */
    final class Committing implements TransactionState {

        private final Open transaction;
        private final ResumePoint upTo;
        private final Parked parked;
        private final Future<?> outcome;
        /** In the order in which it was given; nothing of it is sent. */
        private final Queue<Given> waiting = new ArrayDeque<>();
        /** Always the sum over what waits. */
        private long waitingBytes;

        /**
         * @param upTo the position that is the last record of the transaction
         * @param parked the aggregates that are parked at that position
         * @param outcome is done once it is known whether the transaction is committed
         */
        Committing(Open transaction, ResumePoint upTo, Parked parked, Future<?> outcome) {
            this.transaction = transaction;
            this.upTo = upTo;
            this.parked = parked;
            this.outcome = outcome;
        }

        void add(Given given) {
            waitingBytes += given.bytes();
            waiting.add(given);
        }

        Open transaction() {
            return transaction;
        }

        ResumePoint upTo() {
            return upTo;
        }

        Parked parked() {
            return parked;
        }

        Future<?> outcome() {
            return outcome;
        }

        Queue<Given> waiting() {
            return waiting;
        }

        @Override
        public long bytes() {
            return transaction.bytes() + waitingBytes;
        }
    }

    /**
     * An event, or the absence of one, that the publisher was given.
     *
     * @param event null for the absence of one
     */
    record Given(@Nullable Sendable event, Runnable whenPublished) {

        long bytes() {
            return event == null ? 0 : event.size();
        }
    }
}
