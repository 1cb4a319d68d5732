package dev.fullstate.outbox.relay.publish;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.failure.Warning;
import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.publish.RecordSender.Sendable;
import dev.fullstate.outbox.relay.route.RoutedEvent;

/**
 * Exactly once for consumers with isolation {@code read_committed}: events and the position after them are committed in one
 * Kafka transaction, and whoever publishes next begins at that position.
 *
 * <p>Commits run on a thread of their own, so that the caller can go on; events that come meanwhile wait for the next
 * transaction. Transactions are as short as the flow allows: one ends when there is nothing to send, else by time or size.
 */
final class TransactionalPublisher implements Publisher {

    private static final Duration ABORT_PATIENCE = Duration.ofSeconds(1);

    private final PublisherSettings settings;
    private final RecordSender sender;
    private final PositionTopic positions;
    private final ExecutorService committing;
    private final LongSupplier nanoTime;
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private @Nullable ResumePoint committed;
    private @Nullable Transaction open;
    private @Nullable Commit commit;
    private long inFlightBytes;

    /** What has been sent since a transaction began. */
    private static final class Transaction {

        private final long openedAt;
        private final List<Runnable> published = new ArrayList<>();
        private long bytes;

        private Transaction(long openedAt) {
            this.openedAt = openedAt;
        }
    }

    /** A commit under way. */
    private record Commit(Future<?> done, ResumePoint point, Transaction transaction) {}

    /**
     * @param committed the position that is committed; null if there is none
     * @param committing runs commits one after the other, apart from the caller
     */
    TransactionalPublisher(
            PublisherSettings settings,
            RecordSender sender,
            PositionTopic positions,
            @Nullable ResumePoint committed,
            ExecutorService committing,
            LongSupplier nanoTime) {
        this.settings = settings;
        this.sender = sender;
        this.positions = positions;
        this.committed = committed;
        this.committing = committing;
        this.nanoTime = nanoTime;
    }

    @Override
    public @Nullable ResumePoint resumePoint() {
        return committed;
    }

    @Override
    public long inFlightBytes() {
        return inFlightBytes;
    }

    @Override
    public long answeredCount() {
        return sender.answeredCount();
    }

    @Override
    public boolean isReady() {
        return inFlightBytes < settings.maxInFlight().toBytes();
    }

    @Override
    public boolean isCommitting() {
        return commit != null;
    }

    @Override
    public List<Warning> warnings() {
        return sender.warnings();
    }

    @Override
    public boolean isRecorded() {
        return open == null && commit == null && waiting.isEmpty();
    }

    @Override
    public void publish(RoutedEvent event, Runnable whenPublished) {
        requireNoFailure();
        Sendable sendable = sender.sendable(event);
        inFlightBytes += sendable.size();
        sendOrWait(() -> {
            Transaction transaction = transaction();
            transaction.bytes += sendable.size();
            transaction.published.add(whenPublished);
            sender.send(sendable, () -> {});
        });
    }

    @Override
    public void publishNothing(Runnable whenPublished) {
        sendOrWait(() -> transaction().published.add(whenPublished));
    }

    private void sendOrWait(Runnable send) {
        if (commit == null) {
            send.run();
        } else {
            waiting.add(send);
        }
    }

    private Transaction transaction() {
        Transaction current = open;
        if (current == null) {
            sender.producer().beginTransaction();
            current = new Transaction(nanoTime.getAsLong());
            open = current;
        }
        return current;
    }

    @Override
    public void sentUpTo(ResumePoint point, boolean drained) {
        finishCommit();
        Transaction current = open;
        if (commit == null && current != null && isDue(current, drained)) {
            startCommit(current, point);
        }
        sender.topics().watch(nanoTime.getAsLong());
    }

    private boolean isDue(Transaction current, boolean drained) {
        return drained
                // Half of what may be in flight, so that the other half can come during the commit.
                || current.bytes >= settings.maxInFlight().toBytes() / 2
                || nanoTime.getAsLong() - current.openedAt
                        >= settings.transactions().commitInterval().toNanos();
    }

    private void startCommit(Transaction current, ResumePoint point) {
        positions.write(point, sender, () -> {});
        commit = new Commit(committing.submit(this::commitPatiently), point, current);
        open = null;
    }

    /** Asks again while Kafka does not answer: the outcome of a commit that was asked for has to be known. */
    private void commitPatiently() {
        long deadline = nanoTime.getAsLong() + settings.transactions().timeout().toNanos();
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
                guard.askedAgain();
            }
        }
        guard.end(sender.producer());
    }

    private void finishCommit() {
        Commit current = commit;
        if (current == null || !current.done.isDone()) {
            return;
        }
        requireCommitted(current);
        sender.answered();
        committed = current.point;
        inFlightBytes -= current.transaction.bytes;
        current.transaction.published.forEach(Runnable::run);
        commit = null;
        // Before anything else is sent: per key, order is that of sending.
        while (!waiting.isEmpty()) {
            waiting.remove().run();
        }
    }

    private void requireCommitted(Commit current) {
        try {
            current.done.get();
        } catch (ExecutionException e) {
            requireNoFailure();
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (cause instanceof PublishException known) {
                throw known;
            }
            throw PublishException.of("The transaction up to " + current.point + " could not be committed", cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw PublishException.of("Interrupted in a commit", e);
        }
    }

    @Override
    public CompletableFuture<Map<TopicPartition, Long>> ends(Set<String> topics) {
        return sender.ends(topics);
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
        boolean unfinished = open != null || commit != null;
        committing.shutdown();
        // A transaction that stays open hides later ones from consumers until it times out.
        sender.close(unfinished ? ABORT_PATIENCE : Duration.ZERO);
        try {
            committing.awaitTermination(ABORT_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
