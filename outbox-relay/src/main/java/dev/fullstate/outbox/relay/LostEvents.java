package dev.fullstate.outbox.relay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

import dev.fullstate.outbox.relay.failure.FailureKind;
import dev.fullstate.outbox.relay.failure.Warning;
import dev.fullstate.outbox.relay.position.Newest;
import dev.fullstate.outbox.relay.route.Router;
import dev.fullstate.outbox.relay.wal.Losses;
import dev.fullstate.outbox.relay.wal.Losses.Aggregates;
import dev.fullstate.outbox.relay.wal.Losses.Loss;
import dev.fullstate.outbox.relay.wal.Losses.Request;
import dev.fullstate.outbox.relay.wal.Losses.Strangers;
import dev.fullstate.outbox.relay.wal.Subscription;
import dev.fullstate.outbox.relay.wal.WalException;

/**
 * Names the aggregates whose events consumers have and the database has lost, and asks the service to publish them once more (ADR 29). A
 * job that waits for an operator is a warning for as long as it waits, also after a restart: the relay reads it back from the jobs' table.
 */
final class LostEvents {

    private static final Logger log = LoggerFactory.getLogger(LostEvents.class);

    private static final Duration INTERVAL = Duration.ofSeconds(10);

    private final Losses losses;
    private final Router router;
    private final AfterLoss policy;
    private final Notes notes;
    /** Losses for which no job could be made; only grows, since no relay finds them again. */
    private final List<Warning> unrequested = new ArrayList<>();
    /** Those of {@code unrequested}, and those of the jobs' table at the last look. */
    private List<Warning> warnings = List.of();

    LostEvents(Losses losses, Router router, AfterLoss policy, LongSupplier nanoTime) {
        this.losses = losses;
        this.router = router;
        this.policy = policy;
        this.notes = new Notes(nanoTime, "republish jobs that wait to be resumed are not shown");
    }

    static LostEvents of(Stages stages, Subscription subscription) {
        return new LostEvents(
                subscription.losses(), stages.router(), stages.settings().afterLoss(), stages.nanoTime());
    }

    /**
     * Names the lost events and makes the job. To be called before a position is recorded that keeps a successor from finding the loss
     * again.
     *
     * @param topics that were searched
     * @param highest sequence that consumers may have seen
     * @param historyIsLost whether the database is known to have lost commits
     * @return whether anything is lost
     * @throws WalException if the relay has to try again
     */
    boolean find(Set<String> topics, long highest, boolean historyIsLost) {
        Map<String, String> types = new HashMap<>();
        topics.forEach(topic -> router.aggregateType(topic).ifPresent(type -> types.put(topic, type)));
        Loss loss = losses.find(types, historyIsLost);
        loss.leftOut().forEach(LostEvents::warnOfStrangers);
        if (!loss.isEmpty()) {
            request(loss, highest);
        }
        return !loss.isEmpty();
    }

    private void request(Loss loss, long highest) {
        request(
                "Consumers have events of " + describe(loss.types()) + ", the first of them written at " + loss.since()
                        + " and up to sequence " + highest + ", that this database has lost",
                losses::republish,
                remedy -> byHand(loss, remedy));
    }

    /**
     * Names the types of which rows may have been removed before they were published, and makes a job for all of their aggregates. To be called
     * when {@link #find} is.
     *
     * @param published the newest row that is known to be published
     * @param topics to which events were published
     * @param rowTypes the aggregate types of the rows that are there
     */
    void reportRemovedRows(Newest published, Set<String> topics, Set<String> rowTypes) {
        List<String> types = Stream.concat(
                        topics.stream().flatMap(topic -> router.aggregateType(topic).stream()), rowTypes.stream())
                .distinct()
                .sorted()
                .toList();
        String what = "The outbox has no row left that was written up to " + published.writtenAt()
                + ", and numbers were drawn after " + published.seq()
                + ", the last published one: unpublished rows may have been removed";
        if (types.isEmpty()) {
            leaveToPeople(new Warning(what + ". Their types are unknown", "Republish all types"));
            return;
        }
        request(
                what + ", of any of the types " + types,
                paused -> losses.republish(types, published, paused),
                remedy -> remedy + " for the next time; now republish these types");
    }

    /** @param byHand makes the remedy without a job from that of the failure */
    private void request(String what, Function<Boolean, Request> job, UnaryOperator<String> byHand) {
        try {
            Request request = job.apply(policy == AfterLoss.REPORT);
            // A job that waits is also a warning, as long as it waits.
            log.atLevel(request.isPaused() ? Level.INFO : Level.WARN)
                    .log("{}. Republish job {} gives consumers the state in the database", what, request.job());
        } catch (WalException e) {
            if (e.kind() != FailureKind.PERMANENT) {
                throw e;
            }
            log.debug("No republish job could be made", e);
            leaveToPeople(new Warning(
                    what + ". No republish job could be made: " + e.getMessage(), byHand.apply(e.remedy())));
        }
    }

    /** Leaves a warning in place of a job: publishing does not wait for people. */
    private void leaveToPeople(Warning warning) {
        unrequested.add(warning);
        warnings = List.copyOf(unrequested);
    }

    private static String byHand(Loss loss, String remedy) {
        return remedy + " for the next time; now republish these types, and with tombstones the ids that the database"
                + " does not have: "
                + loss.types().stream()
                        .map(type -> type.type() + " " + type.someIds()
                                + (type.count() > type.someIds().size() ? " and others" : ""))
                        .collect(Collectors.joining(", "));
    }

    private static void warnOfStrangers(Strangers strangers) {
        log.warn(
                "{} events in topic '{}' with the source '{}' are not in the table. {}, so they are left out. If they are of this"
                        + " outbox, republish their types",
                strangers.count(),
                strangers.topic(),
                strangers.source(),
                strangers.known() ? "Their aggregate type is unknown" : "No row has that source");
    }

    /** Looks now and then for jobs that wait. */
    void step() {
        if (!notes.isResting()) {
            notes.attempt(this::look);
        }
    }

    private void look() {
        List<Warning> found = new ArrayList<>(unrequested);
        String grant = losses.missingGrant();
        if (grant != null) {
            found.add(new Warning(
                    "The relay's role may not make the republish job that gives consumers the state in a database that has lost commits"
                            + " after a restore or a failover",
                    grant));
        }
        losses.waiting().forEach(request -> found.add(waiting(request)));
        warnings = List.copyOf(found);
        notes.rest(INTERVAL);
        notes.noteSuccess();
    }

    private static Warning waiting(Request request) {
        String what = request.isOfWholeTypes()
                ? "Rows of " + request.types().stream().map(Aggregates::type).toList()
                        + " may have been removed from the outbox before they were published"
                : "Consumers have events of " + describe(request.types()) + " that this database has lost";
        return new Warning(
                what + ". Republish job " + request.job() + " gives consumers the state in the database, and waits",
                resume(request));
    }

    private static String resume(Request request) {
        return "curl -X POST -u ... https://.../admin/republish/" + request.job() + "/resume";
    }

    private static String describe(List<Aggregates> types) {
        return types.stream()
                .map(type -> type.count() + " aggregates of type '" + type.type() + "'")
                .collect(Collectors.joining(" and "));
    }

    List<Warning> warnings() {
        return warnings;
    }
}
