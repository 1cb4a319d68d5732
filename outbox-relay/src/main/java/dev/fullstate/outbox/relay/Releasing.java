package dev.fullstate.outbox.relay;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.fullstate.outbox.relay.failure.Warning;
import dev.fullstate.outbox.relay.parking.Command;
import dev.fullstate.outbox.relay.parking.Parked;
import dev.fullstate.outbox.relay.parking.ParkedAggregate;
import dev.fullstate.outbox.relay.parking.Parking;
import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.position.Position;
import dev.fullstate.outbox.relay.publish.Publisher;
import dev.fullstate.outbox.relay.transaction.ReceivedRow;
import dev.fullstate.outbox.relay.wal.ParkingTables;

/**
 * Does what operators ask for parked aggregates, beside the loop's other work and a little at a time; and keeps the table up to date in which
 * people see what is parked (ADR 31).
 *
 * <p>A command is followed in the record of the parked aggregates, in the transaction of a position, and marked as done in the database after
 * that. A relay that dies between the two leaves a command whose number the record has, so that its successor only marks it.
 */
final class Releasing {

    private static final Logger audit = LoggerFactory.getLogger("dev.fullstate.outbox.audit");

    private static final Duration LOOK_INTERVAL = Duration.ofSeconds(1);
    /** Commands come only when something is parked, and nobody waits for those that come too late. */
    private static final long IDLE_LOOK_NANOS = Duration.ofSeconds(30).toNanos();

    /** A relay that stops waits so long for rows that cannot be seen. */
    private static final long PATIENCE_NANOS = Duration.ofSeconds(10).toNanos();

    private static final String NEXT = " next";
    private static final String LAST = " last";
    private static final Duration NOTE_INTERVAL = Duration.ofMillis(200);
    private static final long NOTE_AGAIN_NANOS = Duration.ofMinutes(1).toNanos();

    private final Stages stages;
    private final Publisher publisher;
    private final Parking parking;
    private final ParkingTables tables;
    private final RowPublisher rows;
    private final Predicate<String> waits;
    private final String table;
    private final @Nullable Warning obstacle;
    private final Notes looks;
    private final Notes notes;
    /** When commands were last looked for in vain, or long before this began; only rises. */
    private long lookedAt;
    /** Commands that were read and not followed. */
    private final Queue<Command> commands = new ArrayDeque<>();
    /** The command that is followed and not marked as done; null without one. */
    private @Nullable Followed following;
    /** The state that the table has; null before the first note. */
    private @Nullable Parked noted;
    /** The time of the last note; only rises. */
    private long notedAt;
    /** True if the last step published, or passed over, something that had waited. */
    private boolean publishing;
    /** Since when only rows are left to be released that cannot be seen; 0 otherwise. */
    private long waitingSince;
    /** By row, the transactions that have to end before it counts as deleted; only of released aggregates. */
    private final Map<String, Awaited> awaited = new HashMap<>();
    /** Made for the state that it belongs to. */
    private List<Warning> warnings = List.of();

    private Parked warned = Parked.NOTHING;

    /** A mark of running transactions, made when a row could not be seen. */
    private record Awaited(long seq, long running) {}

    /** A command whose effect is, or will be, recorded. */
    private static final class Followed {

        private final Command command;
        private final String outcome;
        /** Set by any thread once the effect is recorded. */
        private final AtomicBoolean recorded = new AtomicBoolean();

        private Followed(Command command, String outcome) {
            this.command = command;
            this.outcome = outcome;
        }
    }

    /**
     * @param waits tells whether all events of a type wait
     * @param table the outbox, for people
     * @param obstacle keeps the tables from being used; null if nothing does
     */
    Releasing(
            Stages stages,
            Publisher publisher,
            ParkingTables tables,
            RowPublisher rows,
            Predicate<String> waits,
            String table,
            @Nullable Warning obstacle) {
        this.stages = stages;
        this.publisher = publisher;
        this.parking = publisher.parking();
        this.tables = tables;
        this.rows = rows;
        this.waits = waits;
        this.table = table;
        this.obstacle = obstacle;
        this.lookedAt = stages.nanoTime().getAsLong() - IDLE_LOOK_NANOS;
        this.looks = new Notes(stages.nanoTime(), "no command of an operator is followed");
        this.notes = new Notes(
                stages.nanoTime(), "the table of parked aggregates is not up to date, and no rows are retired");
    }

    /** @param received where released events are published */
    void step(Numbering numbering, Lsn received) {
        // A command whose effect is not recorded would be followed again if Kafka refused an event of its transaction.
        if (publisher.isReady() && (following == null || following.recorded.get())) {
            publish(numbering, new Position(received, 0));
        }
        if (obstacle == null) {
            note();
            finish();
            look();
            follow();
        }
    }

    private void publish(Numbering numbering, Position position) {
        ParkedAggregate aggregate = parking.released(waits);
        publishing = aggregate != null && (isEverythingVisible(aggregate) || isWaitingForAMoment());
        if (aggregate == null || waitingSince != 0) {
            return;
        }
        ParkingTables.Rows read = tables.rows(aggregate, parking.singles());
        boolean single = !aggregate.alone().isEmpty();
        ParkedAggregate now = aggregate;
        for (byte[] @Nullable [] values : read.values()) {
            if (now == null || !now.mayBePublished() || !publisher.isReady()) {
                return;
            }
            ReceivedRow row = new ReceivedRow(position, 0, values, List.of());
            rows.publishReleased(now, single ? read.through() : row.sequence(), row, numbering, table);
            now = parking.now(aggregate);
        }
        long missingCount =
                now == null ? 0 : now.count() - (single && read.values().isEmpty() ? 1 : 0);
        if (now != null && now.mayBePublished() && !(single && !read.values().isEmpty())) {
            parking.passed(now, read.through());
            now = parking.now(aggregate);
        }
        if (now == null) {
            noteEnd(aggregate, missingCount);
        } else if (!now.mayBePublished()) {
            forgetAwaited(now);
        }
        parking.letOthersGoOn(aggregate);
    }

    /**
     * Tells whether all rows that wait can be read: a commit comes by the stream before others see what it has written, and long before where it
     * waits for a standby. What cannot be seen when all transactions have ended that ran before was deleted. Of a range it is enough to see
     * the last row, because those of an aggregate are committed one after the other.
     */
    private boolean isEverythingVisible(ParkedAggregate aggregate) {
        // Both are asked for, so that both marks are of the same time.
        boolean next = aggregate.alone().isEmpty() || isSettled(name(aggregate) + NEXT, aggregate.next());
        boolean last = !aggregate.hasRange() || isSettled(name(aggregate) + LAST, aggregate.last());
        boolean settled = next && last;
        if (settled) {
            waitingSince = 0;
        } else {
            waitingSince = waitingSince == 0 ? stages.nanoTime().getAsLong() : waitingSince;
            parking.letOthersGoOn(aggregate);
        }
        return settled;
    }

    private boolean isSettled(String row, long seq) {
        if (tables.isVisible(seq)) {
            awaited.remove(row);
            return true;
        }
        Awaited before = awaited.get(row);
        if (before == null || before.seq != seq) {
            awaited.put(row, new Awaited(seq, tables.running()));
            return false;
        }
        return tables.haveEnded(before.running);
    }

    private boolean isWaitingForAMoment() {
        return stages.nanoTime().getAsLong() - waitingSince < PATIENCE_NANOS;
    }

    private void forgetAwaited(ParkedAggregate aggregate) {
        awaited.remove(name(aggregate) + NEXT);
        awaited.remove(name(aggregate) + LAST);
    }

    private static String name(ParkedAggregate aggregate) {
        return RowPublisher.name(aggregate.type(), aggregate.id());
    }

    private void noteEnd(ParkedAggregate aggregate, long missingCount) {
        forgetAwaited(aggregate);
        publisher.publishNothing(() -> {});
        stages.log().info("The events of " + name(aggregate) + " do not wait any more");
        if (missingCount > 0) {
            stages.log()
                    .warn(missingCount + " of the events of " + name(aggregate)
                            + " that waited are not in the table any more, or say that they are another aggregate's");
        }
    }

    /** Notes what Kafka has, and nothing before that: what is not noted as parked may be retired. */
    private void note() {
        if (!notes.isResting() && (!isNoted() || isNoteOld())) {
            noteNow();
        }
    }

    /** A note of a former relay may have come late, and have replaced this one's. */
    private boolean isNoteOld() {
        return !parking.isEmpty() && stages.nanoTime().getAsLong() - notedAt > NOTE_AGAIN_NANOS;
    }

    /** Returns whether it is doing something for an operator, so that a relay that stops should wait with that. */
    boolean isBusy() {
        return publishing
                || (following != null && !following.recorded.get())
                || (!looks.isResting() && !notes.isFailing() && (following != null || !commands.isEmpty()));
    }

    /** Notes at once what Kafka has. */
    void noteNow() {
        if (obstacle != null || isUnrecorded()) {
            return;
        }
        notes.attempt(() -> {
            Parked recorded = publisher.recordedParking();
            tables.note(recorded);
            noted = recorded;
            notedAt = stages.nanoTime().getAsLong();
            notes.rest(NOTE_INTERVAL);
            notes.noteSuccess();
        });
    }

    /** Returns whether what is parked was taken from the table, and Kafka has no record of it yet: a note would erase it. */
    private boolean isUnrecorded() {
        return !parking.isKnown()
                && !parking.isEmpty()
                && publisher.recordedParking().equals(Parked.NOTHING);
    }

    /** Returns whether the table has the parked aggregates of the position, without which nothing may be retired. */
    boolean isNoted() {
        Parked recorded = publisher.recordedParking();
        return (noted != null && recorded.aggregates().equals(noted.aggregates()))
                || (obstacle != null && recorded.aggregates().isEmpty());
    }

    private void finish() {
        Followed done = following;
        if (done != null && done.recorded.get() && isNoted()) {
            looks.attempt(() -> {
                tables.done(done.command, done.outcome);
                following = null;
                looks.noteSuccess();
            });
        }
    }

    private void look() {
        if (following != null || !commands.isEmpty() || looks.isResting()) {
            return;
        }
        long now = stages.nanoTime().getAsLong();
        if (parking.isEmpty() && now - lookedAt < IDLE_LOOK_NANOS) {
            return;
        }
        looks.attempt(() -> {
            commands.addAll(tables.commands());
            // After many commands there may be more.
            if (commands.isEmpty()) {
                lookedAt = now;
                looks.rest(LOOK_INTERVAL);
            }
            looks.noteSuccess();
        });
    }

    private void follow() {
        if (following != null || commands.isEmpty()) {
            return;
        }
        Command command = commands.remove();
        if (command.number() == parking.command()) {
            await(new Followed(command, "followed"));
        } else if (command.number() < parking.command()) {
            await(new Followed(command, "not followed, because a later command was faster: ask again"));
        } else {
            int count = parking.follow(command);
            stages.refusals().forgetFor(command.number());
            Followed now = new Followed(
                    command,
                    count == 0 ? "no such aggregate is parked" : "followed for " + count + " parked aggregates");
            audit.info("{}: {}", command, now.outcome);
            await(now);
        }
    }

    /** Has the command marked as done once its effect is recorded. */
    private void await(Followed followed) {
        following = followed;
        publisher.publishNothing(() -> followed.recorded.set(true));
    }

    /** Returns a warning while aggregates are parked. */
    List<Warning> warnings() {
        Parked recorded = publisher.recordedParking();
        if (!recorded.equals(warned)) {
            warned = recorded;
            warnings = recorded.aggregates().isEmpty() ? List.of() : List.of(warning(recorded));
        }
        return warnings;
    }

    private static Warning warning(Parked parked) {
        ParkedAggregate first = parked.aggregates().get(0);
        int count = parked.aggregates().size();
        // Without the number of events, so that it is the same warning until something else happens.
        return new Warning(
                "Events of " + (count == 1 ? "one aggregate wait" : count + " aggregates wait")
                        + " in the outbox, because one cannot be published: "
                        + RowPublisher.name(first.type(), first.id()) + ", row " + first.next() + ": " + first.reason()
                        + (count == 1 ? "" : ", and others"),
                "Mend the cause, then have the relay retry, skip or release them; see \"Parked aggregates\" in docs/operations.md");
    }
}
