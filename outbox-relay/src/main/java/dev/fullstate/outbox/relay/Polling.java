package dev.fullstate.outbox.relay;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.RelayStatus.Problem;
import dev.fullstate.outbox.relay.acknowledge.AcknowledgeTracker;
import dev.fullstate.outbox.relay.acknowledge.PendingTransaction;
import dev.fullstate.outbox.relay.failure.Warning;
import dev.fullstate.outbox.relay.position.Fill;
import dev.fullstate.outbox.relay.position.Progress;
import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.position.TablePoint;
import dev.fullstate.outbox.relay.publish.Publisher;
import dev.fullstate.outbox.relay.wal.ParkingTables;
import dev.fullstate.outbox.relay.wal.Reached;
import dev.fullstate.outbox.relay.wal.TableRows;
import dev.fullstate.outbox.relay.wal.TableRows.Fresh;

/**
 * Publishes rows as they become visible in the table (ADR 35): again and again those that the server shows now and did not show before, in the
 * order of their numbers.
 *
 * <p>Per aggregate that is the order of commits: its numbers are drawn under the lock of its root, and a commit is visible before the lock is
 * free, so what follows has a higher number and is not visible earlier.
 */
final class Polling implements Activity {

    /** The time between two looks at what Kafka has to do first. */
    private static final Duration UNDER_WAY = Duration.ofMillis(1);
    /** The time between two looks at what the server's disk, or a standby, has to do first. */
    private static final Duration DURABLE = Duration.ofMillis(10);

    private static final long ALIVE_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long CHECK_NANOS = Duration.ofSeconds(3).toNanos();

    private final Stages stages;
    private final Connected connected;
    private final Publisher publisher;
    private final TableRows rows;
    private final RowPublisher rowPublisher;
    private final HeldTopics topics;
    private final HeldRows held;
    private final Pages pages;
    private final Releasing releasing;
    private final PauseWatch pauses;
    private final KafkaWatch kafka;
    private final HorizonWriter horizon;
    private final JobEnds jobEnds;
    private final LostEvents lostEvents;
    private final AcknowledgeTracker tracker;
    private final Numbering numbering;

    /** The position after all rows that the publisher was given; has a fill while the rows of a moment are being published. */
    private ResumePoint point;
    /** Rows of a moment that are visible and may not be durable yet; null without some. */
    private @Nullable Fresh awaited;
    /** The time at which the server was last asked whether this relay leads; only rises. */
    private long askedAt;
    /** The time at which the standbys were last looked at; only rises. */
    private long checkedAt;
    /** The standby's slot that rows waited for at the last check; null without one. */
    private @Nullable String heldBack;
    /** Stands for the rows of the fill of {@link #point}; null without one. */
    private @Nullable PendingTransaction pending;
    /** The rows that the fill had when it began; as many as there can be if another relay began it. */
    private long countOfAll = Long.MAX_VALUE;
    /** When the newest row of the fill was written; null if another relay began it. */
    private @Nullable Instant writtenAt;
    /** True if the last step found nothing to do. */
    private boolean idle;

    /**
     * @param point of the table, after which rows are to be published
     * @param topics settles which types are held
     */
    Polling(Stages stages, Connected connected, ResumePoint point, LostEvents lostEvents, HeldTopics topics) {
        this.stages = stages;
        this.connected = connected;
        this.publisher = connected.publisher();
        this.rows = connected.subscription().table();
        this.lostEvents = lostEvents;
        this.point = point;
        this.numbering = new Numbering(point.numbers());
        ParkingTables tables = connected.subscription().parkingTables();
        Warning obstacle = tables.obstacle();
        this.topics = topics;
        this.held = new HeldRows(topics, point, false);
        this.rowPublisher = new RowPublisher(stages, publisher, topics::isHeld, obstacle);
        this.pages = new Pages(publisher, rowPublisher, held::letWait, rows.table(), rows::page);
        this.releasing = new Releasing(stages, publisher, tables, rowPublisher, held::waits, rows.table(), obstacle);
        this.pauses = new PauseWatch(connected.session(), stages.nanoTime());
        this.kafka = new KafkaWatch(publisher, stages.nanoTime());
        this.horizon = new HorizonWriter(rows.horizons(), rows::requirePublication, stages.nanoTime());
        this.jobEnds = new JobEnds(rows.republishJobs(), stages.router(), publisher, stages.nanoTime());
        this.tracker =
                new AcknowledgeTracker(point.through(), stages.statistics().progressListener());
        this.askedAt = stages.nanoTime().getAsLong();
        this.checkedAt = askedAt;
        if (point.fill() != null) {
            pending = tracker.begin();
        }
        // A relay that stood by has seen another's.
        stages.statistics().setSlot(null);
    }

    @Override
    public RelayState state() {
        return RelayState.STREAMING;
    }

    @Override
    public Activity step() {
        publisher.requireNoFailure();
        stages.statistics().setParked(publisher.recordedParking());
        if (pauses.isDue() || topics.isAnyReleased() || (point.fill() == null && held.isAnyFree())) {
            drain(stages.settings().shutdownTimeout());
            close();
            return new Connecting(stages);
        }
        idle = true;
        showLife();
        readOn();
        releasing.step(numbering, point.through());
        topics.ask();
        boolean wasCommitting = publisher.isCommitting();
        publisher.commitIfDue(reached(), point.fill() == null || idle);
        // Nobody has looked since the commit began.
        idle &= !wasCommitting || publisher.isCommitting();
        tracker.advance();
        noteRecorded();
        stages.statistics().setInFlightBytes(publisher.inFlightBytes());
        lostEvents.step();
        kafka.step();
        return this;
    }

    /** The server ends a session that is silent, so that another relay can lead; one that waits for Kafka is not silent. */
    private void showLife() {
        long now = stages.nanoTime().getAsLong();
        if (now - askedAt >= ALIVE_NANOS) {
            rows.requireLead();
            askedAt = now;
        }
        if (now - checkedAt >= CHECK_NANOS) {
            String standby = rows.heldBack();
            heldBack = awaited == null ? null : standby;
            checkedAt = now;
        }
    }

    private void readOn() {
        if (!releasing.isBusy()) {
            pages.requireNotStopped();
        }
        Fill fill = point.fill();
        if (fill != null) {
            publish(fill);
        } else if (awaited != null) {
            beginIfDurable(awaited);
        } else if (!publisher.isCommitting()) {
            // What is committed in the meantime comes with the next look, all at once.
            look();
        }
    }

    private void look() {
        Fresh fresh = rows.since(published().snapshot());
        if (fresh.count() > 0) {
            beginIfDurable(fresh);
        } else if (fresh.isOnDisk()) {
            passOver(fresh);
        }
    }

    /** Goes on to a moment before which nothing is to be published. It has to be recorded only if a note waits for it. */
    private void passOver(Fresh fresh) {
        ResumePoint recorded = publisher.resumePoint();
        boolean isAwaited = recorded != null
                && isOfAllTypes(recorded)
                && (horizon.isWaiting(reached(recorded)) || jobEnds.isWaiting(reached(recorded)));
        if (isAwaited && publisher.isRecorded() && rows.isDurable(fresh)) {
            begin(fresh);
            end();
            publisher.publishNothing(() -> {});
        } else {
            point = point.ofTable(
                    new TablePoint(published().database(), fresh.now().snapshot()));
        }
    }

    /** Returns whether rows of all types are published up to a point of the table. */
    private static boolean isOfAllTypes(ResumePoint recorded) {
        return recorded.table() != null && recorded.waiting().isEmpty();
    }

    private static Reached reached(ResumePoint recorded) {
        TablePoint table = Objects.requireNonNull(recorded.table(), "The point is one of the table");
        return Reached.ofTable(table.snapshot(), recorded.through());
    }

    private TablePoint published() {
        return Objects.requireNonNull(point.table(), "The point is one of the table");
    }

    private void beginIfDurable(Fresh fresh) {
        if (rows.isDurable(fresh)) {
            awaited = null;
            begin(fresh);
        } else {
            awaited = fresh;
        }
    }

    private void begin(Fresh fresh) {
        idle = false;
        Fill fill = Fill.begin(fresh.now().snapshot(), published().snapshot()).upTo(fresh.firstSeq() - 1);
        point = point.filling(fresh.now().lsn(), fill, numbering.numbers());
        pending = tracker.begin();
        pages.begin();
        countOfAll = fresh.count();
        writtenAt = fresh.writtenAt();
    }

    private void publish(Fill fill) {
        PendingTransaction transaction = Objects.requireNonNull(pending, "Rows are published in a fill");
        Fill now = pages.publish(fill, point.through(), numbering, transaction);
        point = point.filling(point.through(), now, numbering.numbers());
        if (!pages.isIdle()) {
            idle = false;
            horizon.noteReceived();
        }
        if (pages.isAtEnd() || (pages.count() == countOfAll && !pages.isStopped())) {
            end();
        }
    }

    private void end() {
        Fill fill = Objects.requireNonNull(point.fill(), "A fill ends");
        if (writtenAt == null) {
            tracker.end(point.through());
        } else {
            tracker.end(point.through(), writtenAt);
        }
        pending = null;
        ResumePoint recorded = publisher.resumePoint();
        if (recorded != null && recorded.fill() != null && publisher.isRecorded()) {
            // All rows since then wait, and a successor has to know that the fill is over.
            publisher.publishNothing(() -> {});
        }
        point = reached().ofTable(new TablePoint(published().database(), fill.snapshot()));
    }

    /** Returns the point with the numbers of all events that the publisher was given: released ones are not of a fill. */
    private ResumePoint reached() {
        return point.with(numbering.numbers()).with(held.waiting());
    }

    /** Makes the notes that Kafka's position allows. */
    private void noteRecorded() {
        ResumePoint recorded = publisher.resumePoint();
        if (recorded == null || recorded.table() == null) {
            return;
        }
        tracker.noteConfirmed(tracker.progress().published());
        if (!isOfAllTypes(recorded)) {
            return;
        }
        Reached reached = reached(recorded);
        if (releasing.isNoted()) {
            horizon.step(reached);
        }
        jobEnds.step(reached);
    }

    @Override
    public @Nullable Problem problem() {
        Problem ofEvents = kafka.problem() == null ? topics.problem() : kafka.problem();
        return ofEvents != null || heldBack == null ? ofEvents : Confirmation.heldBackBy(heldBack);
    }

    @Override
    public List<Warning> warnings() {
        return Stream.of(lostEvents.warnings(), rowPublisher.warnings(), releasing.warnings(), publisher.warnings())
                .flatMap(List::stream)
                .toList();
    }

    @Override
    public boolean isIdle() {
        return idle;
    }

    @Override
    public Duration pollInterval(RelaySettings settings) {
        if (awaited != null) {
            return DURABLE;
        }
        return publisher.isCommitting() || !publisher.isReady() ? UNDER_WAY : settings.pollInterval();
    }

    @Override
    public Progress progress() {
        return tracker.progress();
    }

    /** Reads nothing more: what is not published is in the table. */
    @Override
    public void drain(Duration timeout) {
        long deadline = stages.nanoTime().getAsLong() + timeout.toNanos();
        while (!publisher.isRecorded() && deadline - stages.nanoTime().getAsLong() > 0) {
            publisher.requireNoFailure();
            publisher.commitIfDue(reached(), true);
            LockSupport.parkNanos(UNDER_WAY.toNanos());
        }
        tracker.advance();
        releasing.noteNow();
    }

    @Override
    public void close() {
        connected.close();
    }
}
