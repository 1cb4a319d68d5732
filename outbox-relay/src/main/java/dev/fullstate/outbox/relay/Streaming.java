package dev.fullstate.outbox.relay;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.fullstate.outbox.relay.RelayStatus.Problem;
import dev.fullstate.outbox.relay.acknowledge.AcknowledgeTracker;
import dev.fullstate.outbox.relay.acknowledge.PendingTransaction;
import dev.fullstate.outbox.relay.failure.Warning;
import dev.fullstate.outbox.relay.pgoutput.Message;
import dev.fullstate.outbox.relay.pgoutput.Message.Relation;
import dev.fullstate.outbox.relay.pgoutput.MessageDecoder;
import dev.fullstate.outbox.relay.position.Extent;
import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.position.Newest;
import dev.fullstate.outbox.relay.position.Position;
import dev.fullstate.outbox.relay.position.Progress;
import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.publish.Publisher;
import dev.fullstate.outbox.relay.transaction.CommittedEvent;
import dev.fullstate.outbox.relay.transaction.ReceivedRow;
import dev.fullstate.outbox.relay.transaction.TransactionAssembler;
import dev.fullstate.outbox.relay.transaction.TransactionSink;
import dev.fullstate.outbox.relay.transaction.UnpublishableRowException;
import dev.fullstate.outbox.relay.wal.ParkingTables;
import dev.fullstate.outbox.relay.wal.Reached;
import dev.fullstate.outbox.relay.wal.WalStream;

/**
 * Publishes committed events, and confirms published ones to PostgreSQL. Its tracker and its publisher know its progress; the position that
 * Kafka has decides where a successor goes on (ADR 13).
 */
final class Streaming implements Activity {

    private static final Logger log = LoggerFactory.getLogger(Streaming.class);

    private static final int MESSAGES_PER_STEP = 256;
    /** A message that is there already takes far less, and one for which the stream has to wait far more. */
    private static final long WAITED_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

    private static final long DRAIN_POLL_NANOS = Duration.ofMillis(1).toNanos();

    /** A relay that is stopped ends up to this much later. What the loop does by the clock, it does once a second at most. */
    private static final long LONGEST_WAIT_NANOS = Duration.ofSeconds(1).toNanos();

    private static final long SHORTEST_WAIT_NANOS = Duration.ofMillis(200).toNanos();
    /** The part of a silence for which the relay waits: who has been idle for long may be for longer. */
    private static final int PART_OF_SILENCE = 20;

    private final Stages stages;
    private final Connected connected;
    private final WalStream stream;
    private final Publisher publisher;
    private final MessageDecoder decoder = new MessageDecoder();
    private final TransactionAssembler assembler;
    private final AcknowledgeTracker tracker;
    private final Confirmation confirmation;
    private final KafkaWatch kafka;
    private final HorizonWriter horizon;
    private final JobEnds jobEnds;
    private final LostEvents lostEvents;
    private final ResumePoint start;
    private final RowPublisher rowPublisher;
    private final Releasing releasing;
    private final PauseWatch pauses;
    private final HeldTopics topics;
    private final HeldTypes held;
    private final Numbering numbering;
    /** The highest number of a row that was given up or parked at {@code start}; only meaningful with that. */
    private final long handled;
    /** The last row of the partly received transaction that is published already or was given to the publisher; null without one. */
    private @Nullable Position lastReceived;
    /** Stops the relay: once it is set, the relay reads nothing more, and throws it when all events before it are published. */
    private @Nullable UnpublishableRowException stoppedBy;
    /** True if the last step read nothing. */
    private boolean idle;
    /** When a step read something, or the first began. */
    private long readAt;
    /** True if the stream had nothing, or nothing for a moment, at the last read, so that a commit need not wait for more. */
    private boolean drained;

    /**
     * @param start after which events are to be published
     * @param topics settles which types are held
     */
    Streaming(
            Stages stages,
            Connected connected,
            WalStream stream,
            LostEvents lostEvents,
            ResumePoint start,
            HeldTopics topics) {
        this.stages = stages;
        this.readAt = stages.nanoTime().getAsLong();
        this.connected = connected;
        this.stream = stream;
        this.publisher = connected.publisher();
        this.assembler = new TransactionAssembler(new Sender());
        this.tracker =
                new AcknowledgeTracker(stream.start(), stages.statistics().progressListener());
        this.kafka = new KafkaWatch(publisher, stages.nanoTime());
        this.confirmation = new Confirmation(stages, stream, tracker, publisher);
        this.horizon = new HorizonWriter(stream.horizons(), stream::requirePublication, stages.nanoTime());
        this.jobEnds = new JobEnds(stream.republishJobs(), stages.router(), publisher, stages.nanoTime());
        this.lostEvents = lostEvents;
        this.start = start;
        ParkingTables tables = connected.subscription().parkingTables();
        Warning obstacle = tables.obstacle();
        this.pauses = new PauseWatch(connected.session(), stages.nanoTime());
        this.topics = topics;
        this.held = new HeldTypes(stages, publisher, start, topics);
        this.rowPublisher = new RowPublisher(stages, publisher, topics::isHeld, obstacle);
        this.releasing = new Releasing(
                stages,
                publisher,
                tables,
                rowPublisher,
                topics::holds,
                stream.currentRows().table(),
                obstacle);
        this.numbering = new Numbering(start.numbers());
        this.handled = publisher.recordedParking().highest();
    }

    /**
     * Takes the slot and goes on after a point, unless the slot has moved beyond it since the relay looked at it: then the relay connects
     * again.
     */
    static Activity after(
            ResumePoint start, Stages stages, Connected connected, LostEvents lostEvents, HeldTopics topics) {
        WalStream stream = connected.subscription().stream();
        if (!stream.start().isAfter(start.settled())) {
            return new Streaming(stages, connected, stream, lostEvents, start, topics);
        }
        log.info("Replication slot '{}' has been moved to {}", stages.settings().slotName(), stream.start());
        connected.close();
        return new Connecting(stages);
    }

    @Override
    public RelayState state() {
        return RelayState.STREAMING;
    }

    @Override
    public Activity step() {
        publisher.requireNoFailure();
        stages.statistics().setParked(publisher.recordedParking());
        if (pauses.isDue() || topics.isAnyReleased()) {
            drain(stages.settings().shutdownTimeout());
            close();
            return new Connecting(stages);
        }
        try {
            idle = readOn(MESSAGES_PER_STEP) == 0;
            readAt = idle ? readAt : stages.nanoTime().getAsLong();
        } catch (OtherHistoryException e) {
            log.warn(
                    "The stream of the outbox is of another history than the position: {}. The relay creates its replication slot again,"
                            + " finds in the table the rows that Kafka lacks, and publishes them",
                    e.getMessage());
            close();
            return new Connecting(stages, "the stream was of another history than the position");
        }
        releasing.step(numbering, tracker.progress().received());
        held.step(extent());
        publisher.commitIfDue(received(), drained);
        confirmation.step();
        stages.statistics().setInFlightBytes(publisher.inFlightBytes());
        // A note counts all rows as published that the table shows.
        if (start.waiting().isEmpty()) {
            if (releasing.isNoted()) {
                horizon.step(Reached.ofStream(confirmation.confirmable()));
            }
            jobEnds.step(Reached.ofStream(held.lowest(tracker.progress().published())));
        }
        lostEvents.step();
        kafka.step();
        return this;
    }

    /** Reads on, unless a row could not be published: then the relay stops once everything before it is published. */
    private int readOn(int maxCount) {
        UnpublishableRowException row = stoppedBy;
        if (row != null) {
            if (publisher.inFlightBytes() == 0 && !publisher.isCommitting() && !releasing.isBusy()) {
                throw row;
            }
            return 0;
        }
        try {
            return read(maxCount);
        } catch (UnpublishableRowException e) {
            stoppedBy = e;
            drained = true;
            return 0;
        } finally {
            rowPublisher.count();
        }
    }

    private ResumePoint received() {
        Extent extent = extent();
        // After a restart the stream begins before the point that the relay had reached.
        return new ResumePoint(extent.through(), extent.within(), start.origin(), numbering.numbers())
                .furthest(start)
                .with(held.behind(extent))
                .with(start.waiting());
    }

    private Extent extent() {
        return new Extent(tracker.progress().received(), tracker.isInsideTransaction() ? lastReceived : null);
    }

    @Override
    public @Nullable Problem problem() {
        Problem ofEvents = kafka.problem() == null ? topics.problem() : kafka.problem();
        return ofEvents == null ? confirmation.problem() : ofEvents;
    }

    /** Reads until the stream has nothing, or had nothing for a moment, or no more may be in flight; unread messages stay in the WAL. */
    private int read(int maxCount) {
        int count = 0;
        drained = false;
        long before = stages.nanoTime().getAsLong();
        while (count < maxCount && publisher.isReady() && !drained) {
            ByteBuffer message = stream.read();
            long after = stages.nanoTime().getAsLong();
            drained = message == null || after - before >= WAITED_NANOS;
            before = after;
            if (message != null) {
                accept(decoder.decode(message));
                count++;
            }
        }
        return count;
    }

    private void accept(Message message) {
        if (message instanceof Relation) {
            // The server sends it again after each change of the table, and of the publication: rows may have been
            // written in between that are not in the stream, and later ones must not overtake them.
            stream.requirePublication();
        }
        assembler.accept(message);
    }

    @Override
    public List<Warning> warnings() {
        // Asked for after each step, so without a stream of streams.
        List<Warning> warnings = new ArrayList<>(lostEvents.warnings());
        warnings.addAll(rowPublisher.warnings());
        warnings.addAll(releasing.warnings());
        warnings.addAll(publisher.warnings());
        return warnings;
    }

    @Override
    public boolean isIdle() {
        return idle && !publisher.isCommitting();
    }

    /** Waits for the server alone, while Kafka has answered everything and operators have nothing under way. */
    @Override
    public void awaitWork() {
        if (idle && tracker.isIdle() && publisher.isRecorded() && !releasing.isBusy()) {
            stream.awaitMessage(waitAfter(stages.nanoTime().getAsLong() - readAt));
        }
    }

    static Duration waitAfter(long silenceNanos) {
        return Duration.ofNanos(
                Math.min(LONGEST_WAIT_NANOS, Math.max(SHORTEST_WAIT_NANOS, silenceNanos / PART_OF_SILENCE)));
    }

    @Override
    public Progress progress() {
        return tracker.progress();
    }

    /** Reads on only to the end of a partly received transaction: the relay can confirm all of it, or nothing. */
    @Override
    public void drain(Duration timeout) {
        long deadline = stages.nanoTime().getAsLong() + timeout.toNanos();
        while (!(tracker.isIdle() && publisher.isRecorded()) && isBefore(deadline)) {
            publisher.requireNoFailure();
            if (!tracker.isInsideTransaction() || readOn(1) == 0) {
                LockSupport.parkNanos(DRAIN_POLL_NANOS);
            }
            publisher.commitIfDue(received(), drained || !tracker.isInsideTransaction());
            confirmation.step();
        }
        Lsn confirmed = confirmation.confirmPublished();
        releasing.noteNow();
        // Closing the connection may overtake the confirmation, so wait until the server shows it.
        while (isBefore(deadline)
                && stream.slotPosition().map(confirmed::isAfter).orElse(false)) {
            LockSupport.parkNanos(DRAIN_POLL_NANOS);
        }
    }

    private boolean isBefore(long deadline) {
        return deadline - stages.nanoTime().getAsLong() > 0;
    }

    @Override
    public void close() {
        connected.close();
    }

    /** Publishes each event as it arrives, unless Kafka has it already, and has the tracker count it. */
    private final class Sender implements TransactionSink {

        private final RowSender rows = new RowSender(stream, stages.log(), this::send, this::giveUp);
        /** The transaction whose rows are received; null before the first. */
        private @Nullable PendingTransaction transaction;

        @Override
        public boolean isOfOutbox(Relation relation) {
            return rows.isOfOutbox(relation);
        }

        @Override
        public void begin() {
            transaction = tracker.begin();
            lastReceived = null;
        }

        @Override
        public void row(ReceivedRow row) {
            if (isPublished(row)) {
                requirePublished(row);
            } else if (held.areThereNone() || !held.letWait(row.aggregateType(), extent())) {
                rows.send(row);
            }
            // This comes last: events are not published up to a row that stops the relay.
            lastReceived = row.position();
        }

        private boolean isPublished(ReceivedRow row) {
            return held.areThereNone()
                    ? start.covers(row.position())
                    : start.extent(row.aggregateType()).covers(row.position());
        }

        private void send(CommittedEvent event) {
            rowPublisher.publish(event, numbering, current());
            horizon.noteReceived();
        }

        private void giveUp(ReceivedRow row, UnpublishableRowException why) {
            rowPublisher.giveUp(row, why, current());
            horizon.noteReceived();
        }

        private PendingTransaction current() {
            return Objects.requireNonNull(transaction, "A row lies in a transaction");
        }

        /** Makes sure that the row is of the published history: another one has, at such a position, a number that was not published. */
        private void requirePublished(ReceivedRow row) {
            Newest newest = start.numbers().newest();
            long highest = Math.max(newest == null ? Long.MIN_VALUE : newest.seq(), handled);
            // A row that could not be published, and was deleted or has no id, has no number among these.
            if (row.id() != null && row.sequence() > highest && !rows.isDeleted(row)) {
                throw new OtherHistoryException("the row at " + row.position() + " lies before " + start.through()
                        + ", up to where events are published, but its number " + row.sequence() + " is above "
                        + (newest == null ? "all published ones" : newest.seq() + ", the last published one"));
            }
        }

        @Override
        public void end(Lsn endLsn, Instant committedAt) {
            tracker.end(endLsn, committedAt);
        }
    }

    /** The stream contradicts the position. */
    private static final class OtherHistoryException extends RuntimeException {

        private OtherHistoryException(String message) {
            super(message);
        }
    }
}
