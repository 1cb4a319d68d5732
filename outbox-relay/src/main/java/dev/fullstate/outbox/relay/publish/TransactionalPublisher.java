package dev.fullstate.outbox.relay.publish;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.failure.Warning;
import dev.fullstate.outbox.relay.kafka.BrokerException;
import dev.fullstate.outbox.relay.kafka.Search;
import dev.fullstate.outbox.relay.parking.Parked;
import dev.fullstate.outbox.relay.parking.Parking;
import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.publish.RecordSender.Sendable;
import dev.fullstate.outbox.relay.publish.TransactionState.Committing;
import dev.fullstate.outbox.relay.publish.TransactionState.Given;
import dev.fullstate.outbox.relay.publish.TransactionState.Idle;
import dev.fullstate.outbox.relay.publish.TransactionState.Open;
import dev.fullstate.outbox.relay.route.RoutedEvent;

/**
 * Exactly once for consumers with isolation {@code read_committed}: events and the position after them are committed in one
 * Kafka transaction, and the next publisher begins at that position.
 *
 * <p>Commits run on a thread of their own, so that the caller can go on; events that arrive during a commit wait for the next
 * transaction. Transactions are as short as the flow allows: one ends when there is nothing to send, else by time or size. In a
 * backlog, which pauses often because the server cannot keep up, a transaction goes on through short pauses (ADR 46).
 */
final class TransactionalPublisher implements Publisher {

    private static final Duration ABORT_PATIENCE = Duration.ofSeconds(1);

    /** A transaction of this much is large: what is in it costs more work than its commit. */
    private static final long LARGE_BYTES = 1_000_000;
    /** The part of what may be in flight that is large in any case. */
    private static final int LARGE_PART = 32;
    /** The part of its time for which a large transaction waits for more: a pause that ends it makes it a third longer. */
    private static final int PART_OF_TIME = 4;

    private final PublisherSettings settings;
    private final RecordSender sender;
    private final PositionTopic positions;
    private final MarkerWatch markers;
    private final long maxBytes;
    private final long largeBytes;
    private final ExecutorService commitThread;
    private final LongSupplier nanoTime;
    /** The position of the last transaction that is committed, by this producer or by one before it; null if there is none. */
    private @Nullable ResumePoint committed;
    /** Changed by the caller. */
    private final Parking parking;
    /** As it was at {@code committed}. */
    private Parked committedParking;
    /** Is {@code Idle}, then {@code Open}, then {@code Committing}, then {@code Idle} again; after a failure it stays what it was. */
    private TransactionState state = new Idle();

    /**
     * @param committed the position that is committed; null if there is none
     * @param commitThread runs commits one after the other, apart from the caller
     */
    TransactionalPublisher(
            PublisherSettings settings,
            RecordSender sender,
            PositionTopic positions,
            @Nullable ResumePoint committed,
            ExecutorService commitThread,
            LongSupplier nanoTime) {
        this.settings = settings;
        this.sender = sender;
        this.positions = positions;
        this.markers = sender.markers();
        // The other half can come during the commit.
        this.maxBytes = settings.kafka().maxInFlight().toBytes() / 2;
        this.largeBytes = Math.min(LARGE_BYTES, settings.kafka().maxInFlight().toBytes() / LARGE_PART);
        this.committed = committed;
        this.parking = positions.parking(sender);
        this.committedParking = parking.now();
        this.commitThread = commitThread;
        this.nanoTime = nanoTime;
    }

    @Override
    public @Nullable ResumePoint resumePoint() {
        return committed;
    }

    @Override
    public Parking parking() {
        return parking;
    }

    @Override
    public Parked recordedParking() {
        return committedParking;
    }

    @Override
    public long inFlightBytes() {
        return state.bytes();
    }

    @Override
    public long answeredCount() {
        return sender.answeredCount();
    }

    @Override
    public boolean isReady() {
        return state.bytes() < settings.kafka().maxInFlight().toBytes();
    }

    @Override
    public boolean isCommitting() {
        return state instanceof Committing;
    }

    @Override
    public List<Warning> warnings() {
        return sender.warnings();
    }

    @Override
    public boolean isRecorded() {
        return state instanceof Idle;
    }

    @Override
    public void publish(RoutedEvent event, Runnable whenPublished) {
        requireNoFailure();
        Sendable sendable = sender.sendable(event);
        give(new Given(sendable, sender.observe(event, sendable, whenPublished)));
    }

    @Override
    public void publishDeadLetter(DeadLetter letter, Runnable whenPublished) {
        requireNoFailure();
        give(new Given(sender.sendable(letter), whenPublished));
    }

    @Override
    public void publishNothing(Runnable whenPublished) {
        give(new Given(null, whenPublished));
    }

    private void give(Given given) {
        if (state instanceof Committing committing) {
            committing.add(given);
        } else {
            send(given, state instanceof Open open ? open : begin());
        }
    }

    private void send(Given given, Open transaction) {
        require(state == transaction, "An event is sent in the transaction that is open");
        transaction.add(given, nanoTime.getAsLong());
        Sendable event = given.event();
        if (event != null) {
            sender.send(event, () -> {});
        }
    }

    private Open begin() {
        require(state instanceof Idle, "A transaction begins when the one before has ended");
        sender.beginTransaction();
        Open transaction = new Open(nanoTime.getAsLong());
        state = transaction;
        return transaction;
    }

    @Override
    public void commitIfDue(ResumePoint upTo, boolean drained) {
        if (state instanceof Committing committing && committing.outcome().isDone()) {
            endCommit(committing);
        }
        if (state instanceof Open transaction && isDue(transaction, drained)) {
            beginCommit(transaction, upTo);
        }
        sender.topics().watch(nanoTime.getAsLong());
    }

    private boolean isDue(Open transaction, boolean drained) {
        long now = nanoTime.getAsLong();
        long age = now - transaction.openedAt();
        return transaction.bytes() >= maxBytes
                || age >= settings.commitInterval().toNanos()
                || (drained && !isPauseOfBacklog(transaction, now - transaction.addedAt(), age));
    }

    /** Where the server cannot keep up, its stream pauses for a moment again and again. */
    private boolean isPauseOfBacklog(Open transaction, long silence, long age) {
        return transaction.bytes() >= largeBytes && silence < age / PART_OF_TIME;
    }

    private void beginCommit(Open transaction, ResumePoint upTo) {
        require(state == transaction, "The transaction that is open is committed");
        require(!transaction.isEmpty(), "A transaction has something to commit");
        Parked parked = parking.now();
        positions.write(upTo, parked, sender, () -> {});
        state = new Committing(transaction, upTo, parked, commitThread.submit(this::commitPatiently));
    }

    /**
     * Asks again while Kafka does not answer: the outcome of a commit that was asked for has to be known. Waits for the markers, too, after
     * which the next transaction can begin.
     */
    private void commitPatiently() {
        long deadline =
                nanoTime.getAsLong() + settings.kafka().transactionTimeout().toNanos();
        CommitGuard guard = sender.commits();
        guard.begin(sender.producer());
        boolean done = false;
        while (!done) {
            try {
                sender.producer().commitTransaction();
                done = true;
            } catch (TimeoutException e) {
                if (nanoTime.getAsLong() - deadline > 0) {
                    throw e;
                }
                guard.noteRetry();
            }
        }
        guard.end(sender.producer());
        markers.await();
    }

    private void endCommit(Committing ended) {
        require(state == ended && ended.outcome().isDone(), "The commit that is under way has an outcome");
        requireCommitted(ended);
        sender.countAnswer();
        committed = ended.upTo();
        committedParking = ended.parked();
        state = new Idle();
        ended.transaction().tellPublished();
        // Before anything else is sent: per key, order is that of sending.
        ended.waiting().forEach(this::give);
    }

    private void requireCommitted(Committing ended) {
        try {
            ended.outcome().get();
        } catch (ExecutionException e) {
            sender.awaitCause(e);
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (cause instanceof BrokerException known) {
                throw givenUp(known);
            }
            throw givenUp(
                    BrokerException.of("The transaction up to " + ended.upTo() + " could not be committed", cause));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw BrokerException.of("Interrupted in a commit", e);
        }
    }

    private BrokerException givenUp(BrokerException cause) {
        sender.giveUp(cause);
        return cause;
    }

    private static void require(boolean invariant, String what) {
        if (!invariant) {
            throw new IllegalStateException("Does not hold: " + what);
        }
    }

    @Override
    public CompletableFuture<Map<TopicPartition, Long>> ends(Set<String> topics) {
        return sender.ends(topics);
    }

    @Override
    public CompletableFuture<Boolean> takesEvents(String topic) {
        return sender.takesEvents(topic);
    }

    @Override
    public Set<String> topics() {
        return sender.topics().names();
    }

    @Override
    public Search search(Set<String> topics, Instant since) {
        return sender.search(topics, since);
    }

    @Override
    public void requireNoFailure() {
        sender.requireNoFailure();
    }

    @Override
    public void close() {
        boolean unfinished = !(state instanceof Idle);
        commitThread.shutdown();
        // A transaction that stays open hides later ones from consumers until it times out.
        sender.close(unfinished ? ABORT_PATIENCE : Duration.ZERO);
        try {
            commitThread.awaitTermination(ABORT_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
