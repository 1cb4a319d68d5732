package dev.fullstate.outbox.relay;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.fullstate.outbox.relay.RelayStatus.Problem;
import dev.fullstate.outbox.relay.acknowledge.AcknowledgeTracker;
import dev.fullstate.outbox.relay.acknowledge.PendingTransaction;
import dev.fullstate.outbox.relay.failure.Warning;
import dev.fullstate.outbox.relay.kafka.Search;
import dev.fullstate.outbox.relay.position.Fill;
import dev.fullstate.outbox.relay.position.FoundEvent;
import dev.fullstate.outbox.relay.position.FoundGap;
import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.position.Shift;
import dev.fullstate.outbox.relay.position.TablePoint;
import dev.fullstate.outbox.relay.position.Waiting;
import dev.fullstate.outbox.relay.publish.Publisher;
import dev.fullstate.outbox.relay.wal.RetainedRows;
import dev.fullstate.outbox.relay.wal.RetainedRows.Survey;

/**
 * Publishes rows of the table that waited because the topic of their type took no events, one type after the other, until all are published up to
 * the same point (ADR 32). The position has the progress.
 */
final class CatchingUp implements Activity {

    private static final Logger log = LoggerFactory.getLogger(CatchingUp.class);

    private final Stages stages;
    private final Connected connected;
    private final ResumePoint start;
    private final LostEvents lostEvents;
    private final HeldTopics topics;
    private final Publisher publisher;
    private final RowPublisher rowPublisher;
    private final PauseWatch pauses;
    private final SessionWatch session;
    private final KafkaWatch kafka;
    private final Numbering numbering;
    private final AcknowledgeTracker tracker;
    /** Stands for all rows that are published here. */
    private final PendingTransaction pending;
    /** What waits, of the types that are held and of those that have not been caught up with. */
    private Waiting waiting;
    /** Of the type whose rows are published; null once there is none. */
    private @Nullable Rows rows;
    /** Of the position after the last row; null before. */
    private @Nullable Recording recording;
    /** True if a row that waited was not there any more under its type: a fill has to look for it, in the name of a gap. */
    private boolean isAnyMissing;
    /** True if the last step found nothing to do. */
    private boolean idle;

    /**
     * @param start with rows that wait, and without a fill
     * @param topics settles which types are held
     */
    CatchingUp(Stages stages, Connected connected, ResumePoint start, LostEvents lostEvents, HeldTopics topics) {
        this.stages = stages;
        this.connected = connected;
        this.start = start;
        this.lostEvents = lostEvents;
        this.topics = topics;
        this.publisher = connected.publisher();
        this.rowPublisher = new RowPublisher(
                stages,
                publisher,
                topics::isHeld,
                connected.subscription().parkingTables().obstacle());
        this.pauses = new PauseWatch(connected.session(), stages.nanoTime());
        this.session = new SessionWatch(stages, connected);
        this.kafka = new KafkaWatch(publisher, stages.nanoTime());
        this.numbering = new Numbering(start.numbers());
        this.tracker = new AcknowledgeTracker(Lsn.ZERO, stages.statistics().progressListener());
        this.pending = tracker.begin();
        this.waiting = start.waiting();
        this.rows = next();
        stages.log()
                .info("The relay publishes the rows of " + free() + " that waited in the table; others wait for that");
    }

    private Set<String> free() {
        return topics.released(start.waiting().types().keySet());
    }

    private @Nullable Rows next() {
        Optional<String> next =
                topics.released(waiting.types().keySet()).stream().findFirst();
        return next.map(Rows::new).orElse(null);
    }

    @Override
    public RelayState state() {
        return RelayState.PUBLISHING_RETAINED;
    }

    @Override
    public Activity step() {
        publisher.requireNoFailure();
        stages.statistics().setParked(publisher.recordedParking());
        if (pauses.isDue()) {
            // The position has the progress.
            close();
            return new Connecting(stages);
        }
        idle = true;
        session.step();
        kafka.step();
        stages.statistics().setInFlightBytes(publisher.inFlightBytes());
        Rows now = rows;
        if (now != null) {
            if (now.step()) {
                close();
                return new Connecting(
                        stages,
                        "the topic of events of type '" + now.type
                                + "', which could not be read at the first start, has some that the database has lost");
            }
        } else if (commitEnd()) {
            topics.forget(free());
            stages.log().info("All rows of " + free() + " that waited in the table are given to Kafka");
            if (isAnyMissing) {
                close();
                return new Connecting(stages);
            }
            return connected.goOn(reached(), stages, lostEvents);
        }
        tracker.advance();
        return this;
    }

    /** Returns whether Kafka has the position after the last row. */
    private boolean commitEnd() {
        if (recording == null) {
            tracker.end(start.through());
            recording = new Recording(publisher, () -> {});
        }
        return recording.commit(reached()) && tracker.advance().published().equals(start.through());
    }

    private ResumePoint reached() {
        ResumePoint reached = start.with(numbering.numbers()).with(waiting);
        return isAnyMissing ? reached.before(FoundGap.ROWS) : reached;
    }

    @Override
    public @Nullable Problem problem() {
        return kafka.problem() == null ? topics.problem() : kafka.problem();
    }

    @Override
    public List<Warning> warnings() {
        return Stream.of(lostEvents.warnings(), rowPublisher.warnings(), publisher.warnings())
                .flatMap(List::stream)
                .toList();
    }

    @Override
    public boolean isIdle() {
        return idle && !publisher.isCommitting();
    }

    @Override
    public void drain(Duration timeout) {
        // The position has the progress.
    }

    @Override
    public void close() {
        if (rows != null) {
            rows.close();
        }
        connected.close();
    }

    /** The rows of one type. */
    private final class Rows {

        private final String type;
        private final RetainedRows table;
        private final Pages pages;
        /** Looks for those that Kafka has; null if that is known. */
        private @Nullable Search search;
        /** True if these are rows of a first start: what its search did not read may show that commits are lost. */
        private boolean areFirst;

        private Rows(String type) {
            this.type = type;
            this.table = connected.subscription().retainedRows(type);
            this.pages = new Pages(publisher, rowPublisher, (any, before) -> false, table.table(), table::page);
            if (now().areUncertain()) {
                beginSearch();
            }
        }

        private Waiting.Rows now() {
            return Objects.requireNonNull(waiting.types().get(type), "Rows wait until they are published");
        }

        private void beginSearch() {
            Survey survey = table.survey(now().fill());
            Instant since = survey.since();
            areFirst = survey.noted() == null;
            Set<String> searched = searched();
            if (since != null && !searched.isEmpty()) {
                table.beginFound();
                search = publisher.search(searched, since.minus(Filling.CLOCKS));
            }
        }

        /** Returns the topic of the type, and others where it may have had another one. */
        private Set<String> searched() {
            return Stream.concat(
                            stages.router().findTopic(type).stream(),
                            areFirst
                                    ? Stream.empty()
                                    : publisher.topics().stream().filter(topic -> !topics.isHeld(topic)))
                    .collect(Collectors.toSet());
        }

        /** Searches, or publishes; returns whether the search has shown that commits are lost. */
        private boolean step() {
            Search looking = search;
            if (looking == null) {
                publish();
                return false;
            }
            idle = false;
            List<FoundEvent> found = looking.next();
            if (found != null) {
                table.found(found);
                return false;
            }
            close();
            table.endFound(now().fill());
            // A shift shows that a loss was found before; what was published since has shifted numbers.
            return areFirst && start.numbers().shift().equals(Shift.NONE) && table.hasLost();
        }

        private void publish() {
            pages.requireNotStopped();
            long before = pages.count();
            Fill fill = pages.publish(now().fill(), start.through(), numbering, pending);
            idle = pages.isIdle();
            waiting = waiting.with(type, now().after(fill, pages.count() - before));
            if (pages.isAtEnd()) {
                end(fill);
            }
            publisher.commitIfDue(reached(), pages.isStopped());
        }

        /** Goes on to the rows of the type that became visible later. */
        private void end(Fill fill) {
            TablePoint moment = start.table();
            long count = now().count();
            if (moment != null && !moment.snapshot().equals(fill.snapshot())) {
                Fill later = Fill.begin(moment.snapshot(), fill.snapshot());
                waiting = waiting.with(type, new Waiting.Rows(later, count, false));
            } else {
                waiting = waiting.without(type);
                if (count > 0) {
                    log.warn(
                            "{} rows of type '{}' that waited are not in the table any more, or say that they are of another type; the relay"
                                    + " looks for rows that Kafka lacks",
                            count,
                            type);
                    isAnyMissing = true;
                }
            }
            rows = next();
        }

        private void close() {
            Search looking = search;
            if (looking != null) {
                looking.close();
                search = null;
            }
        }
    }
}
