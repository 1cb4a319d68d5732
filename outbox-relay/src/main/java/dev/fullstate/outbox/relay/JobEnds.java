package dev.fullstate.outbox.relay;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.failure.RelayException;
import dev.fullstate.outbox.relay.publish.Publisher;
import dev.fullstate.outbox.relay.route.Router;
import dev.fullstate.outbox.relay.wal.Reached;
import dev.fullstate.outbox.relay.wal.RepublishJobs;
import dev.fullstate.outbox.relay.wal.RepublishJobs.End;
import dev.fullstate.outbox.relay.wal.RepublishJobs.Ended;
import dev.fullstate.outbox.relay.wal.RepublishJobs.Job;

/**
 * Tells republish jobs that have ended up to where a consumer has to read, so that "is my copy complete?" has an answer (ADR 15).
 *
 * <p>A job that is seen to have ended has all its events committed by then. Once everything up to that moment is published, the
 * relay asks Kafka for the last record of each partition: the job's last event is that one or lies before it. Nothing of this has to
 * survive a restart.
 */
final class JobEnds {

    private static final Duration INTERVAL = Duration.ofSeconds(2);

    private final RepublishJobs jobs;
    private final Router router;
    private final Publisher publisher;
    private final Notes notes;
    /** Jobs that have ended and have no note; null while none is known. */
    private @Nullable Ended ended;
    /** The question to Kafka about these jobs; null unless there are some, and everything before their position is published. */
    private @Nullable CompletableFuture<Map<TopicPartition, Long>> asked;

    JobEnds(RepublishJobs jobs, Router router, Publisher publisher, LongSupplier nanoTime) {
        this.jobs = jobs;
        this.router = router;
        this.publisher = publisher;
        this.notes =
                new Notes(nanoTime, "republish jobs that have ended do not say up to where a consumer has to read");
    }

    /** Returns whether jobs wait for a position of a later moment. */
    boolean isWaiting(Reached recorded) {
        Ended waiting = ended;
        return waiting != null && asked == null && !recorded.covers(waiting.seen());
    }

    /** @param published everything before it is published */
    void step(Reached published) {
        if (notes.isResting()) {
            return;
        }
        Ended reached = ended;
        if (reached == null) {
            notes.attempt(this::look);
        } else if (asked == null) {
            if (published.covers(reached.seen())) {
                asked = publisher.ends(
                        reached.jobs().stream().flatMap(this::topics).collect(Collectors.toSet()));
            }
        } else if (asked.isDone()) {
            notes.attempt(() -> note(reached, published));
        }
    }

    private void look() {
        Ended found = jobs.ended();
        notes.noteSuccess();
        if (found.jobs().isEmpty()) {
            notes.rest(INTERVAL);
        } else {
            ended = found;
        }
    }

    private void note(Ended reached, Reached published) {
        Map<TopicPartition, Long> ends = answer();
        for (Job job : reached.jobs()) {
            Set<String> topics = topics(job).collect(Collectors.toSet());
            jobs.note(job, ends(ends, topics), published.lsn());
        }
        ended = null;
        notes.noteSuccess();
    }

    private Map<TopicPartition, Long> answer() {
        CompletableFuture<Map<TopicPartition, Long>> answered = asked;
        // The next attempt asks again, whether this answer is good or a failure.
        asked = null;
        try {
            return answered == null ? Map.of() : answered.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RelayException failure ? failure : e;
        }
    }

    private static List<End> ends(Map<TopicPartition, Long> ends, Set<String> topics) {
        return ends.entrySet().stream()
                .filter(end -> topics.contains(end.getKey().topic()))
                .map(end -> new End(end.getKey().topic(), end.getKey().partition(), end.getValue()))
                .toList();
    }

    /** Leaves out types without a topic, of which the job has published no event. */
    private Stream<String> topics(Job job) {
        return job.aggregateTypes().stream().flatMap(type -> router.findTopic(type).stream());
    }
}
