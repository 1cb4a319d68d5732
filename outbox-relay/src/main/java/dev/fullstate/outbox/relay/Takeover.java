package dev.fullstate.outbox.relay;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.fullstate.outbox.relay.Filling.Doubt;
import dev.fullstate.outbox.relay.history.Finding;
import dev.fullstate.outbox.relay.history.Finding.FirstStart;
import dev.fullstate.outbox.relay.history.Finding.Gap;
import dev.fullstate.outbox.relay.history.Finding.Resume;
import dev.fullstate.outbox.relay.history.History;
import dev.fullstate.outbox.relay.parking.Parked;
import dev.fullstate.outbox.relay.parking.ParkedAggregate;
import dev.fullstate.outbox.relay.parking.Parking;
import dev.fullstate.outbox.relay.position.Fill;
import dev.fullstate.outbox.relay.position.FoundGap;
import dev.fullstate.outbox.relay.position.Newest;
import dev.fullstate.outbox.relay.position.Numbers;
import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.position.Shift;
import dev.fullstate.outbox.relay.wal.Facts;
import dev.fullstate.outbox.relay.wal.NewSlot;
import dev.fullstate.outbox.relay.wal.ParkingTables;
import dev.fullstate.outbox.relay.wal.Source;

/** Decides how a relay goes on that has just got the lead: after the position, or with a new slot and a fill (ADR 28). */
final class Takeover {

    private static final Logger log = LoggerFactory.getLogger(Takeover.class);

    private final Stages stages;
    private final Connected connected;
    private final @Nullable ResumePoint recorded;
    private final Facts facts;
    private final Finding finding;

    private Takeover(Stages stages, Connected connected, @Nullable ResumePoint recorded, Facts facts, Finding finding) {
        this.stages = stages;
        this.connected = connected;
        this.recorded = recorded;
        this.facts = facts;
        this.finding = finding;
    }

    /**
     * Compares the position with the database.
     *
     * @param contradiction what has shown that the position is of another history; null if nothing has
     */
    static Takeover of(Stages stages, Connected connected, @Nullable String contradiction) {
        ResumePoint recorded = connected.publisher().resumePoint();
        Facts facts = connected.subscription().facts(recorded);
        Finding finding = contradiction != null
                ? new Gap(contradiction, true)
                : History.judge(
                        recorded, !connected.publisher().recordedParking().equals(Parked.NOTHING), facts);
        return new Takeover(stages, connected, recorded, facts, finding);
    }

    Activity goOn() {
        if (!connected.publisher().parking().isKnown()) {
            findParked();
        }
        AcceptedPosition accepted = AcceptedPosition.take(connected, recorded, facts, finding);
        if (accepted != null) {
            return new Announcing(connected, accepted.point(), accepted.warning(), () -> {
                accepted.noteFollowed();
                return connected.goOn(accepted.point(), stages, lostEvents());
            });
        }
        if (finding instanceof Resume resume) {
            ResumePoint point = resume.point();
            if (facts.source() == Source.TABLE) {
                // One that is left from a time when the stream was read would keep WAL for ever.
                connected.subscription().dropSlot();
            }
            Fill fill = point.fill();
            return fill != null && point.isInGap()
                    ? new Filling(stages, connected, point, resumed(fill, point), facts.database(), null)
                    : connected.goOn(point, stages, lostEvents());
        }
        return finding instanceof Gap gap && recorded != null ? announce(gap, recorded) : fill();
    }

    /**
     * Takes what is parked from the table, where Kafka has no record of it: without a position, or after a relay of an earlier version that
     * did not write one. The relay's note counts those rows as published, and nothing else tells of them.
     */
    private void findParked() {
        ParkingTables tables = connected.subscription().parkingTables();
        if (tables.obstacle() == null) {
            Parking parking = connected.publisher().parking();
            List<ParkedAggregate> noted = tables.noted();
            noted.forEach(each -> {
                parking.park(each);
                each.alone().forEach(parking::notePassedOver);
                parking.notePassedOver(each.last());
            });
            if (!noted.isEmpty()) {
                connected.publisher().publishNothing(() -> {});
            }
        }
    }

    private LostEvents lostEvents() {
        return LostEvents.of(stages, connected.subscription());
    }

    /**
     * Returns the doubt about a resumed fill: the position does not say that the sequence was raised, and numbers may have been drawn since
     * that look as if it had been.
     */
    private Doubt resumed(Fill fill, ResumePoint point) {
        if (!point.numbers().shift().equals(Shift.NONE)) {
            return Doubt.LOST;
        }
        if (fill.published() != null) {
            return Doubt.OPEN;
        }
        // The first note follows the first start.
        return isAnythingNoted() ? Doubt.NONE : Doubt.FIRST_START;
    }

    private boolean isAnythingNoted() {
        Facts.Note note = facts.note();
        return note != null && note.published();
    }

    /** Returns the doubt about a new fill. */
    private Doubt doubt(Fill fill) {
        if (finding instanceof FirstStart) {
            return Doubt.FIRST_START;
        }
        if (finding instanceof Gap gap && gap.lost()) {
            return Doubt.LOST;
        }
        if (recorded == null) {
            return Doubt.NO_POSITION;
        }
        if (recorded.isInGap() && !recorded.numbers().shift().equals(Shift.NONE)) {
            return Doubt.LOST;
        }
        return fill.published() == null && isAnythingNoted() ? Doubt.NONE : Doubt.OPEN;
    }

    private Activity announce(Gap gap, ResumePoint before) {
        ResumePoint found = before.before(gap.lost() ? FoundGap.HISTORY : FoundGap.ROWS);
        return before.equals(found)
                ? fill()
                : new Announcing(connected, found, Announcing.warning(gap, facts.source()), this::fill);
    }

    /**
     * Returns the relay's note in this database, if it is true of Kafka: then all rows that it shows are published. It is true of a database
     * even if that has lost commits; the snapshot of another fill, which a position names, may be of a lost history. A first start has none: the
     * note of a relay that had nothing to publish says nothing.
     *
     * @return null if each row has to be looked for
     */
    private Facts.@Nullable Note trueNote() {
        Facts.Note note = facts.note();
        if (note == null || !note.ofThisServer()) {
            return null;
        }
        if (finding instanceof FirstStart) {
            if (note.published()) {
                connected.subscription().withdrawEmptyNote();
            }
            return null;
        }
        if (!hasKafkaLess(note)) {
            return note;
        }
        connected.subscription().withdrawNote();
        return null;
    }

    /** Returns whether Kafka was put back since the note was made. Notes are made while the relay streams, of what Kafka has. */
    private boolean hasKafkaLess(Facts.Note note) {
        if (recorded == null) {
            return false;
        }
        Fill begun = recorded.fill();
        if (begun != null && recorded.isInGap()) {
            return !note.snapshot().equals(begun.published());
        }
        boolean less = recorded.origin().timeline().equals(facts.origin().timeline())
                ? note.recorded().isAfter(recorded.settled())
                : hasNewerRow(note, recorded.numbers().newest());
        if (less) {
            log.warn(
                    "Kafka was put back to an earlier state, or has lost records: its position is {}, and was {} when the relay made its last"
                            + " note in the database. The relay looks for all rows that the outbox has, and publishes those that Kafka lacks",
                    recorded,
                    note.recorded());
        }
        return less;
    }

    /** Compares by numbers, which continue across timelines, where positions do not. */
    private boolean hasNewerRow(Facts.Note note, @Nullable Newest known) {
        Newest noted = connected.subscription().retainedRows().newest(note.snapshot());
        long handled = connected.publisher().recordedParking().highest();
        long highest = Math.max(known == null ? Long.MIN_VALUE : known.seq(), handled);
        return noted != null && noted.seq() > highest;
    }

    /** Creates the slot again, with a fill up to where it begins. */
    private Activity fill() {
        Facts.Note note = trueNote();
        connected.subscription().dropSlot();
        NewSlot slot = connected.subscription().createSlot();
        Fill fill = Fill.begin(slot.snapshot(), note == null ? null : note.snapshot());
        Numbers numbers = recorded == null ? Numbers.NONE : recorded.numbers();
        ResumePoint point = new ResumePoint(slot.start(), null, fill, facts.origin(), numbers);
        Gap gap = finding instanceof Gap found ? found : null;
        return new Filling(stages, connected, point, doubt(fill), facts.database(), gap);
    }
}
