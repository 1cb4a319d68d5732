package dev.fullstate.outbox.relay.publish;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.publish.RecordSender.Sendable;
import dev.fullstate.outbox.relay.route.RoutedEvent;
import dev.fullstate.outbox.relay.transaction.ResumePoint;

/**
 * Exactly once for consumers with isolation {@code read_committed}: events and the position after them are committed in one
 * Kafka transaction, and whoever publishes next begins at that position.
 *
 * <p>Commits run on a thread of their own, so that the caller can go on answering PostgreSQL; until a commit is done nothing is
 * sent. Transactions are as short as the flow allows: one ends when there is nothing to send, else by time or size.
 */
final class TransactionalPublisher implements Publisher {

    private static final Duration ABORT_PATIENCE = Duration.ofSeconds(1);

    private final PublisherSettings settings;
    private final RecordSender sender;
    private final PositionTopic positions;
    private final ExecutorService committing;
    private @Nullable ResumePoint committed;
    private List<Runnable> published = new ArrayList<>();
    private boolean open;
    private long openedAt;
    private long inFlightBytes;
    private @Nullable Commit commit;

    /** A commit under way. */
    private record Commit(Future<?> done, @Nullable ResumePoint point, List<Runnable> published) {}

    private TransactionalPublisher(
            PublisherSettings settings,
            RecordSender sender,
            PositionTopic positions,
            @Nullable ResumePoint start,
            ExecutorService committing) {
        this.settings = settings;
        this.sender = sender;
        this.positions = positions;
        this.committed = start;
        this.committing = committing;
    }

    static TransactionalPublisher open(PublisherSettings settings, String pipeline) {
        RecordSender sender = RecordSender.open(settings, ClientProperties.transactionalProducer(settings, pipeline));
        PositionTopic positions = new PositionTopic(settings, pipeline);
        try {
            positions.ensure(sender.topics());
            sender.producer().initTransactions();
            return new TransactionalPublisher(
                    settings, sender, positions, positions.read(), Executors.newSingleThreadExecutor(run -> {
                        Thread thread = new Thread(run, settings.clientId() + "-commit");
                        thread.setDaemon(true);
                        return thread;
                    }));
        } catch (KafkaException e) {
            sender.close();
            throw PublishException.of("Transactions of " + settings.clientId() + " could not be initialised", e);
        } catch (RuntimeException e) {
            sender.close();
            throw e;
        }
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
        return commit == null && inFlightBytes < settings.maxInFlight().toBytes();
    }

    @Override
    public void publish(RoutedEvent event, Runnable whenPublished) {
        requireNoFailure();
        if (commit != null) {
            throw new IllegalStateException("An event came while a transaction is being committed");
        }
        Sendable sendable = sender.sendable(event);
        begin();
        inFlightBytes += sendable.size();
        published.add(whenPublished);
        sender.send(sendable, () -> {});
    }

    @Override
    public void publishNothing(Runnable whenPublished) {
        begin();
        published.add(whenPublished);
    }

    private void begin() {
        if (!open) {
            sender.producer().beginTransaction();
            open = true;
            openedAt = System.nanoTime();
        }
    }

    @Override
    public void sentUpTo(@Nullable ResumePoint point, boolean idle) {
        finishCommit();
        if (commit == null && isDue(idle) && !isBehind(point)) {
            startCommit(point);
        }
    }

    /** After a restart the stream begins before the point where it was left. */
    private boolean isBehind(@Nullable ResumePoint point) {
        return point != null && committed != null && !point.reaches(committed);
    }

    private boolean isDue(boolean idle) {
        return open
                && (idle
                        || inFlightBytes >= settings.maxInFlight().toBytes()
                        || System.nanoTime() - openedAt
                                >= settings.transactions().commitInterval().toNanos());
    }

    private void startCommit(@Nullable ResumePoint point) {
        positions.write(point, sender);
        commit = new Commit(committing.submit(this::commitPatiently), point, published);
        published = new ArrayList<>();
        open = false;
    }

    /** Asks again while Kafka does not answer: the outcome of a commit that was asked for has to be known. */
    private void commitPatiently() {
        long deadline = System.nanoTime() + settings.transactions().timeout().toNanos();
        while (true) {
            try {
                sender.producer().commitTransaction();
                return;
            } catch (TimeoutException e) {
                if (System.nanoTime() - deadline > 0) {
                    throw e;
                }
            }
        }
    }

    private void finishCommit() {
        Commit current = commit;
        if (current == null || !current.done.isDone()) {
            return;
        }
        requireCommitted(current);
        sender.answered();
        committed = current.point;
        current.published.forEach(Runnable::run);
        inFlightBytes = 0;
        commit = null;
    }

    private void requireCommitted(Commit current) {
        try {
            current.done.get();
        } catch (ExecutionException e) {
            requireNoFailure();
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw PublishException.of("The transaction up to " + current.point + " could not be committed", cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw PublishException.of("Interrupted in a commit", e);
        }
    }

    @Override
    public void requireNoFailure() {
        sender.requireNoFailure();
    }

    @Override
    public void close() {
        boolean unfinished = open || commit != null;
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
