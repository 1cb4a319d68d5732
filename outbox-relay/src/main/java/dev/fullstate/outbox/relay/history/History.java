package dev.fullstate.outbox.relay.history;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.history.Finding.FirstStart;
import dev.fullstate.outbox.relay.history.Finding.Gap;
import dev.fullstate.outbox.relay.history.Finding.Resume;
import dev.fullstate.outbox.relay.position.FoundGap;
import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.position.Shift;
import dev.fullstate.outbox.relay.position.Timeline;
import dev.fullstate.outbox.relay.wal.Facts;
import dev.fullstate.outbox.relay.wal.Facts.Ancestor;
import dev.fullstate.outbox.relay.wal.Facts.Note;
import dev.fullstate.outbox.relay.wal.Source;

/**
 * Decides whether a position belongs to the history of a database as it is now (ADR 28). It reports a gap in each case of doubt: a false gap
 * costs a search, and a missed one costs events.
 */
public final class History {

    private final Facts facts;
    private final boolean anyDealtWith;

    private History(Facts facts, boolean anyDealtWith) {
        this.facts = facts;
        this.anyDealtWith = anyDealtWith;
    }

    /**
     * Compares the position with the database.
     *
     * @param recorded the last published position; null if Kafka has none
     * @param anyDealtWith whether rows before it are dealt with in another way than by publishing them
     */
    public static Finding judge(@Nullable ResumePoint recorded, boolean anyDealtWith, Facts facts) {
        History history = new History(facts, anyDealtWith);
        return recorded == null ? history.withoutPosition() : history.after(recorded);
    }

    /**
     * Returns the position from which the stream brings everything that an operator may not want to have filled: that of the slot, where the relay
     * would fill something before it, or has begun to.
     *
     * @param recorded the last published position; null if Kafka has none
     * @return null where it is {@link #whyNotAcceptable not acceptable}
     */
    public static @Nullable Lsn acceptable(Finding finding, @Nullable ResumePoint recorded, Facts facts) {
        Facts.Slot slot = facts.slot();
        return slot == null || whyNotAcceptable(finding, recorded, facts) != null ? null : slot.confirmed();
    }

    /**
     * Says why the relay may not go on where the slot is confirmed: there is nothing to fill; rows may be missing after that position, too; or
     * commits are lost, of which consumers have to be told.
     *
     * @param recorded the last published position; null if Kafka has none
     * @return null if it may
     */
    public static @Nullable String whyNotAcceptable(Finding finding, @Nullable ResumePoint recorded, Facts facts) {
        Facts.Slot slot = facts.slot();
        if (facts.source() == Source.TABLE) {
            return "not followed: the table is read, and there is no slot";
        }
        if (slot == null || slot.lost()) {
            return "not followed: the slot is " + (slot == null ? "gone" : "lost");
        }
        if (finding instanceof Resume resume && resume.point().fill() == null) {
            return "nothing to accept any more: the relay goes on after "
                    + resume.point().through();
        }
        if (finding instanceof Gap gap && gap.lost()) {
            return "not followed: the database has lost commits";
        }
        if (recorded == null) {
            return null;
        }
        if (!recorded.origin().publication().equals(facts.origin().publication())) {
            return "not followed: the publication was replaced or altered, so the stream may lack rows";
        }
        Shift shift = recorded.numbers().shift();
        return shift.equals(Shift.NONE) || facts.lastSequence() >= shift.raisedTo()
                ? null
                : "not followed: after a loss of commits, the sequence is not raised yet";
    }

    private Finding withoutPosition() {
        Note note = facts.note();
        if (note != null && !note.ofThisServer()) {
            return new Gap("The database has come from another server, where events were published", true);
        }
        if (note != null && note.published()) {
            return new Gap(
                    "Kafka has no position, but events were published from this database: the topic of the positions"
                            + " was emptied, this is another Kafka, or pg_upgrade has given the server a new identifier."
                            + " Keys are placed by the partitions that each topic has now; where partitions were added, keys move",
                    false);
        }
        // A relay that has died in its first start may have left a slot, and people may have made one: nothing says
        // what was published.
        return new FirstStart();
    }

    private Finding after(ResumePoint recorded) {
        List<String> lost = found(lost(recorded));
        List<String> gaps = found(Stream.concat(Stream.of(unknownLoss(recorded)), gaps(recorded)));
        if (!lost.isEmpty() || !gaps.isEmpty()) {
            return new Gap(
                    Stream.concat(lost.stream(), gaps.stream()).collect(Collectors.joining("; ")), !lost.isEmpty());
        }
        boolean isNothingPassed = facts.source() == Source.TABLE
                && recorded.fill() == null
                && !anyDealtWith
                && recorded.waiting().isEmpty()
                && !recorded.numbers().isAnyPublished();
        // As with the stream: nothing shows that the database went back, and nothing has to be passed over.
        return isNothingPassed ? new FirstStart() : new Resume(resumed(recorded).in(facts.origin()));
    }

    /**
     * Resumes a position before which nothing is published, nor parked nor given up. Nothing shows that a database went back and has grown since, and there is nothing to pass over either: the
     * stream is taken from where it is confirmed.
     */
    private ResumePoint resumed(ResumePoint recorded) {
        Facts.Slot slot = facts.slot();
        return slot == null
                        || recorded.table() != null
                        || recorded.fill() != null
                        || anyDealtWith
                        || !recorded.waiting().isEmpty()
                        || recorded.numbers().isAnyPublished()
                ? recorded
                : new ResumePoint(slot.confirmed(), null, recorded.origin(), recorded.numbers());
    }

    private static List<String> found(Stream<@Nullable String> reasons) {
        return reasons.filter(Objects::nonNull).toList();
    }

    /** {@return the signs that commits are gone whose events are published} */
    private Stream<@Nullable String> lost(ResumePoint recorded) {
        return Stream.of(
                recorded.gap() == FoundGap.HISTORY
                        ? "a relay has found that before, and has not begun to fill it"
                        : null,
                recorded.table() != null && recorded.table().database() != facts.database()
                        ? "the position is of a database that the server does not have any more"
                        : null,
                otherTimeline(recorded),
                recorded.reach().isAfter(facts.walEnd())
                        ? "events are published up to " + recorded.reach() + ", but the WAL ends at " + facts.walEnd()
                        : null,
                // A row that is there has drawn its number, or was given one by hand that the sequence does not
                // know.
                facts.newest() != Facts.Trace.THERE && recorded.numbers().highest() > facts.lastSequence()
                        ? "sequence " + recorded.numbers().highest() + " is published, but the last that was drawn is "
                                + facts.lastSequence()
                        : null,
                lostRaise(recorded),
                switch (facts.newest()) {
                    case MISSING -> "row " + recorded.numbers().newest() + " was published and is not there";
                    case REPLACED ->
                        "another row has the number of the published row "
                                + recorded.numbers().newest();
                    case UNKNOWN, THERE, RETIRED -> null;
                });
    }

    /** After a loss the sequence is raised, before the fill that the position names ends. */
    private @Nullable String lostRaise(ResumePoint recorded) {
        Shift shift = recorded.numbers().shift();
        return !recorded.isInGap() && !shift.equals(Shift.NONE) && facts.lastSequence() < shift.raisedTo()
                ? "the sequence was raised to " + shift.raisedTo() + ", but the last number that was drawn is "
                        + facts.lastSequence()
                : null;
    }

    /**
     * With delivery at least once, events after the position may be published. A server that has been started since, or that has taken another
     * one's place, may have lost their commits, and nothing in the position shows it.
     */
    private @Nullable String unknownLoss(ResumePoint recorded) {
        Instant start = recorded.origin().serverStart();
        return start == null || start.equals(facts.origin().serverStart())
                ? null
                : "delivery was at least once, and the server is not the process that has run since " + start
                        + ": events after the position may be published of which it has lost the commits";
    }

    private @Nullable String otherTimeline(ResumePoint recorded) {
        Timeline timeline = recorded.origin().timeline();
        Timeline present = facts.origin().timeline();
        // Whoever reads the table cannot know where a timeline began.
        boolean isBeginUnknown = recorded.table() != null && timeline.begin().equals(Lsn.ZERO);
        if (timeline.equals(present) || (isBeginUnknown && timeline.number() == present.number())) {
            return null;
        }
        Lsn leftAt = facts.ancestors().stream()
                .filter(ancestor -> ancestor.timeline().equals(timeline))
                .map(Ancestor::leftAt)
                .findFirst()
                .orElse(Lsn.ZERO);
        return recorded.reach().isAfter(leftAt)
                ? "events are published up to " + recorded.reach() + " of timeline " + timeline + ", which "
                        + (leftAt.equals(Lsn.ZERO)
                                ? "timeline " + present + " does not come from"
                                : "was left at " + leftAt)
                : null;
    }

    /** {@return the signs that the stream may lack rows} */
    private Stream<@Nullable String> gaps(ResumePoint recorded) {
        String found =
                recorded.gap() == FoundGap.ROWS ? "a relay has found one before, and has not begun to fill it" : null;
        if (facts.source() == Source.TABLE) {
            return Stream.of(
                    found,
                    recorded.table() == null && recorded.fill() == null
                            ? "the WAL was read until now, and the table is from now on"
                            : null);
        }
        if (recorded.table() != null) {
            return Stream.of(found, "the table was read until now, and the WAL is from now on");
        }
        Facts.Slot slot = facts.slot();
        if (slot == null) {
            return Stream.of("the replication slot is gone");
        }
        boolean moved = recorded.fill() == null
                ? slot.confirmed().isAfter(recorded.settled())
                // Nothing is confirmed before all rows are published.
                : !slot.confirmed().equals(recorded.through());
        return Stream.of(
                found,
                slot.lost() ? "the server has given up the replication slot" : null,
                moved
                        ? "the slot is confirmed up to " + slot.confirmed() + ", events are published up to "
                                + recorded.settled() + ": it was advanced, or created again"
                        : null,
                recorded.origin().publication().equals(facts.origin().publication())
                        ? null
                        : "the publication was replaced or altered");
    }
}
