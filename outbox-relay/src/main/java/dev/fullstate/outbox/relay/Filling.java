package dev.fullstate.outbox.relay;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
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
import dev.fullstate.outbox.relay.history.Finding.Gap;
import dev.fullstate.outbox.relay.kafka.Search;
import dev.fullstate.outbox.relay.position.Fill;
import dev.fullstate.outbox.relay.position.FoundEvent;
import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.position.Newest;
import dev.fullstate.outbox.relay.position.Numbers;
import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.position.TablePoint;
import dev.fullstate.outbox.relay.publish.Publisher;
import dev.fullstate.outbox.relay.wal.RetainedRows;
import dev.fullstate.outbox.relay.wal.RetainedRows.Survey;
import dev.fullstate.outbox.relay.wal.Source;

/**
 * Publishes rows that the slot does not stream because they were committed before it existed: at a first start all of them, after a gap
 * those that are not published (ADR 28). The position has the progress, so that a successor goes on from there.
 *
 * <p>It searches Kafka for published rows, then records the position, then publishes the rows, in the order of their numbers.
 */
final class Filling implements Activity {

    private static final Logger log = LoggerFactory.getLogger(Filling.class);

    /** The largest difference of the clocks of the database and of a relay. */
    static final Duration CLOCKS = Duration.ofHours(1);

    private final Stages stages;
    private final Connected connected;
    private final Publisher publisher;
    private final RetainedRows rows;
    private final RowPublisher rowPublisher;
    private final HeldTopics topics;
    private final HeldRows held;
    private final Pages pages;
    private final PauseWatch pauses;
    private final SessionWatch session;
    private final KafkaWatch kafka;
    private final Doubt doubt;
    private final long database;
    private final List<Warning> warnings;
    private final LostEvents lostEvents;
    private final AcknowledgeTracker tracker;
    /** Stands for all rows of the fill, and for the recorded positions. */
    private final PendingTransaction pending;

    /**
     * In {@code RECORDING}, that of the begin of the fill with the numbers of {@link #point}, before which no row may be published; in
     * {@code ENDING}, that of the position after the last row; null before.
     */
    private @Nullable Recording recording;
    /** Goes forward only, except from {@code RECORDING} to itself if others have drawn from the sequence too fast. */
    private Phase phase = Phase.SEARCHING;
    /** The position after all rows that the publisher was given; has a fill in every phase before {@code ENDING}, and the same {@code through} in all. */
    private ResumePoint point;
    /** The aggregate types of rows that may be unpublished; set once, when the search begins. */
    private Set<String> rowTypes = Set.of();
    /** The topics that are searched; set once, when the search begins. */
    private Set<String> searched = Set.of();
    /** Open in {@code SEARCHING} only; null also there without topics to search. */
    private @Nullable Search search;
    /** Continues the numbers of {@link #point}, and is replaced with them. */
    private Numbering numbering;

    /** Events that the search has found so far; only grows. */
    private long foundCount;
    /** True if the last step found nothing to do. */
    private boolean idle;

    /** The doubt whether a database has lost commits whose events are published. */
    enum Doubt {
        /** No relay is known to have published from it. The numbers of found events show a loss; nothing shows whose events they are. */
        FIRST_START,
        /** There is no position. Found events show a loss, and so do their numbers. */
        NO_POSITION,
        /** Kafka was put back. All rows are looked for, also in topics whose older events the retention has removed from the table. */
        NONE,
        /** The position shows no loss. Found events may. */
        OPEN,
        /** The database has lost commits. */
        LOST
    }

    private enum Phase {
        SEARCHING,
        RECORDING,
        PUBLISHING,
        ENDING
    }

    /**
     * @param point where the stream goes on, with a fill
     * @param doubt whether the database may have lost commits whose events are published
     * @param database the number of the database in its server
     * @param gap that is filled; null for a first start, and for a fill that another relay has begun
     */
    Filling(Stages stages, Connected connected, ResumePoint point, Doubt doubt, long database, @Nullable Gap gap) {
        this.stages = stages;
        this.connected = connected;
        this.publisher = connected.publisher();
        this.rows = connected.subscription().retainedRows();
        this.pauses = new PauseWatch(connected.session(), stages.nanoTime());
        this.session = new SessionWatch(stages, connected);
        this.kafka = new KafkaWatch(publisher, stages.nanoTime());
        this.topics = HeldTopics.of(stages, publisher, point);
        this.held = new HeldRows(topics, point, true);
        this.rowPublisher = new RowPublisher(
                stages,
                publisher,
                topics::isHeld,
                connected.subscription().parkingTables().obstacle());
        this.pages = new Pages(publisher, rowPublisher, held::letWait, rows.table(), rows::page);
        this.warnings = gap == null
                ? List.of()
                : List.of(Announcing.warning(gap, connected.subscription().source()));
        this.lostEvents = LostEvents.of(stages, connected.subscription());
        this.doubt = doubt;
        this.database = database;
        this.point = point;
        this.numbering = new Numbering(point.numbers());
        this.tracker = new AcknowledgeTracker(Lsn.ZERO, stages.statistics().progressListener());
        this.pending = tracker.begin();
        beginSearch();
    }

    private Fill fill() {
        Fill fill = point.fill();
        if (fill == null) {
            throw new IllegalStateException("Nothing is to be filled at " + point);
        }
        return fill;
    }

    private void beginSearch() {
        Survey survey = rows.survey(fill());
        // All that the survey leaves out is published.
        advanceTo(survey.count() == 0 ? Long.MAX_VALUE : survey.firstSeq() - 1);
        rows.beginFound();
        rowTypes = survey.aggregateTypes();
        searched = topics(rowTypes);
        Instant since = survey.since();
        if (doubt == Doubt.FIRST_START) {
            // Those whose rows wait are searched before these are published.
            searched.removeIf(topics::isHeld);
        } else {
            // The search includes topics of which no row is left. Lost events are younger than the last note.
            searched.addAll(publisher.topics());
            since = survey.noted() == null ? Instant.EPOCH.plus(CLOCKS) : survey.since();
        }
        if (survey.count() > 0) {
            log.info(
                    "{} rows of the outbox may be unpublished; the relay searches the topics {} for those that are published",
                    survey.count(),
                    searched);
        }
        if (since != null && !searched.isEmpty()) {
            search = publisher.search(searched, since.minus(CLOCKS));
        }
    }

    /** Leaves out types without a topic, which have no events to search for. */
    private Set<String> topics(Set<String> aggregateTypes) {
        return aggregateTypes.stream()
                .flatMap(type -> stages.router().findTopic(type).stream())
                .collect(Collectors.toCollection(HashSet::new));
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
        switch (phase) {
            case SEARCHING -> search();
            case RECORDING -> awaitRecord();
            case PUBLISHING -> publish();
            case ENDING -> {
                if (isRecorded() && tracker.advance().published().equals(point.through())) {
                    return stream();
                }
            }
        }
        tracker.advance();
        return this;
    }

    private void search() {
        Search looking = search;
        List<FoundEvent> found = looking == null ? null : looking.next();
        idle = false;
        if (found != null) {
            rows.found(found);
            foundCount += found.size();
            return;
        }
        endSearch();
        record();
    }

    private void record() {
        pending.addNothing();
        recording = new Recording(publisher, pending.whenPublished());
        phase = Phase.RECORDING;
    }

    private boolean isRecorded() {
        return Objects.requireNonNull(recording, "Something is recorded in this phase")
                .commit(reached());
    }

    private ResumePoint reached() {
        return point.with(held.waiting());
    }

    private void renumber(Numbers numbers) {
        point = new ResumePoint(point.through(), null, point.fill(), point.origin(), numbers);
        numbering = new Numbering(numbers);
    }

    private void endSearch() {
        closeSearch();
        rows.endFound(fill());
        Numbers known = point.numbers();
        long highest = Math.max(known.highest(), rows.highestFound());
        // The next recorded position keeps a successor from finding the loss again.
        boolean found = doubt != Doubt.FIRST_START
                && doubt != Doubt.NONE
                && lostEvents.find(searched, highest, doubt == Doubt.LOST);
        boolean lost =
                switch (doubt) {
                    case NONE -> false;
                    case FIRST_START -> rows.hasLost();
                    case NO_POSITION -> found || rows.hasLost();
                    case OPEN -> found;
                    case LOST -> true;
                };
        Numbers numbers = lost
                ? rows.continuing(highest, publisher.parking().lowest(), fill())
                : new Numbers(highest, known.newest(), known.shift());
        Newest newest = known.newest();
        if (newest != null
                && !rows.reachBackTo(
                        Math.max(newest.seq(), publisher.parking().now().highest()))) {
            lostEvents.reportRemovedRows(newest, searched, rowTypes);
        }
        renumber(numbers);
        if (lost) {
            log.info(
                    "Consumers have events up to sequence {}; rows up to number {} are published with {} added",
                    highest,
                    numbers.shift().upTo(),
                    numbers.shift().by());
        }
    }

    /** Waits until Kafka has the position: a successor has to know of the fill before its first row is published. */
    private void awaitRecord() {
        if (isRecorded() && connected.subscription().standbysHave(point.through())) {
            idle = false;
            if (rows.raiseSequence(point.numbers())) {
                phase = Phase.PUBLISHING;
            } else {
                renumber(rows.continuing(
                        point.numbers().highest(), publisher.parking().lowest(), fill()));
                record();
            }
        }
    }

    private void publish() {
        pages.requireNotStopped();
        Fill fill = pages.publish(fill(), point.through(), numbering, pending);
        idle = pages.isIdle();
        advanceTo(fill.after());
        if (pages.isAtEnd()) {
            tracker.end(point.through());
            ResumePoint filled = new ResumePoint(point.through(), null, point.origin(), endNumbers());
            point = connected.subscription().source() == Source.TABLE
                    ? filled.ofTable(new TablePoint(database, fill.snapshot()))
                    : filled.with(held.behind(point.through()));
            recording = new Recording(publisher, () -> {});
            phase = Phase.ENDING;
        }
        publisher.commitIfDue(reached(), pages.isStopped() || phase == Phase.ENDING);
    }

    /** Returns the numbers with the newest row of the fill, unless that was parked or given up. */
    private Numbers endNumbers() {
        Numbers numbers = numbering.numbers();
        // The position would name a row that waits as published.
        Newest top = rows.newest(fill().snapshot(), held.waiting().types().keySet());
        boolean handled = top != null && top.seq() <= publisher.parking().now().highest();
        return handled ? numbers : numbers.withNewest(top);
    }

    private void advanceTo(long seq) {
        point = new ResumePoint(point.through(), null, fill().upTo(seq), point.origin(), numbering.numbers());
    }

    private Activity stream() {
        tracker.advance();
        tracker.noteConfirmed(point.through());
        log.info(
                "{} rows were read, {} events were found in Kafka; the relay goes on at {}",
                pages.count(),
                foundCount,
                point.through());
        return connected.goOn(reached(), stages, lostEvents);
    }

    @Override
    public @Nullable Problem problem() {
        return kafka.problem() == null ? topics.problem() : kafka.problem();
    }

    @Override
    public List<Warning> warnings() {
        return Stream.of(warnings, lostEvents.warnings(), rowPublisher.warnings(), publisher.warnings())
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

    private void closeSearch() {
        Search looking = search;
        if (looking != null) {
            looking.close();
            search = null;
        }
    }

    @Override
    public void close() {
        closeSearch();
        connected.close();
    }
}
