package dev.fullstate.outbox.relay.history;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import dev.fullstate.outbox.relay.history.Finding.FirstStart;
import dev.fullstate.outbox.relay.history.Finding.Gap;
import dev.fullstate.outbox.relay.history.Finding.Resume;
import dev.fullstate.outbox.relay.position.Fill;
import dev.fullstate.outbox.relay.position.FoundGap;
import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.position.Newest;
import dev.fullstate.outbox.relay.position.Numbers;
import dev.fullstate.outbox.relay.position.Origin;
import dev.fullstate.outbox.relay.position.Position;
import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.position.Shift;
import dev.fullstate.outbox.relay.position.TablePoint;
import dev.fullstate.outbox.relay.position.Timeline;
import dev.fullstate.outbox.relay.position.Waiting;
import dev.fullstate.outbox.relay.wal.Facts;
import dev.fullstate.outbox.relay.wal.Facts.Ancestor;
import dev.fullstate.outbox.relay.wal.Facts.Note;
import dev.fullstate.outbox.relay.wal.Facts.Slot;
import dev.fullstate.outbox.relay.wal.Facts.Trace;
import dev.fullstate.outbox.relay.wal.Source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

/** Changes one fact of a database at a time: all others are as the position has them. */
class HistoryTest {

    private static final String PUBLICATION = "7.700/8.9.700";
    private static final Timeline FIRST = Timeline.FIRST;
    private static final Timeline SECOND = new Timeline(2, lsn(60));
    private static final Lsn THROUGH = lsn(100);
    private static final Numbers NUMBERS = new Numbers(12, new Newest(12, new UUID(1, 2)), Shift.NONE);
    private static final Note NOTE = new Note("700:700:", true, lsn(80));

    private static Lsn lsn(long position) {
        return new Lsn(position);
    }

    private static ResumePoint point(Timeline timeline) {
        return new ResumePoint(THROUGH, null, new Origin(timeline, PUBLICATION), NUMBERS);
    }

    private static ResumePoint filling() {
        return new ResumePoint(THROUGH, null, Fill.begin("700:700:", null), new Origin(FIRST, PUBLICATION), NUMBERS);
    }

    /** Returns a database that fits the position. */
    private static Database database() {
        return new Database(FIRST, List.of(), PUBLICATION, lsn(200), new Slot(lsn(90), false), 12, Trace.THERE, NOTE);
    }

    private record Database(
            Timeline timeline,
            List<Ancestor> ancestors,
            String publication,
            Lsn walEnd,
            @Nullable Slot slot,
            long lastSequence,
            Trace newest,
            @Nullable Note note) {

        Database on(Timeline other, Ancestor... before) {
            return new Database(other, List.of(before), publication, walEnd, slot, lastSequence, newest, note);
        }

        Database withPublication(String other) {
            return new Database(timeline, ancestors, other, walEnd, slot, lastSequence, newest, note);
        }

        Database withWalEnd(long end) {
            return new Database(timeline, ancestors, publication, lsn(end), slot, lastSequence, newest, note);
        }

        Database withSlot(@Nullable Slot other) {
            return new Database(timeline, ancestors, publication, walEnd, other, lastSequence, newest, note);
        }

        Database withRows(long last, Trace trace) {
            return new Database(timeline, ancestors, publication, walEnd, slot, last, trace, note);
        }

        Database withNote(@Nullable Note other) {
            return new Database(timeline, ancestors, publication, walEnd, slot, lastSequence, newest, other);
        }

        @Nullable
        Lsn acceptable(@Nullable ResumePoint recorded) {
            return History.acceptable(judge(recorded), recorded, facts());
        }

        Finding judge(@Nullable ResumePoint recorded) {
            return History.judge(recorded, false, facts());
        }

        Finding judge(ResumePoint recorded, Instant serverStart) {
            return History.judge(recorded, false, facts(serverStart));
        }

        private Facts facts() {
            return facts(null);
        }

        private Facts facts(@Nullable Instant serverStart) {
            return new Facts(
                    new Origin(timeline, publication, serverStart),
                    ancestors,
                    walEnd,
                    slot,
                    lastSequence,
                    newest,
                    note,
                    Source.WAL,
                    7);
        }
    }

    @Test
    void positionThatFitsIsResumed() {
        assertThat(database().judge(point(FIRST))).isEqualTo(new Resume(point(FIRST)));
        assertThat(database().withWalEnd(100).judge(point(FIRST))).as("idle").isInstanceOf(Resume.class);
        assertThat(database().withSlot(new Slot(THROUGH, false)).judge(point(FIRST)))
                .as("all is confirmed")
                .isInstanceOf(Resume.class);
        assertThat(database().withSlot(new Slot(THROUGH, false)).judge(filling()))
                .as("in a fill")
                .isEqualTo(new Resume(filling()));
    }

    @Test
    void whatIsPublishedAfterThePositionIsLookedForUnlessTheServerHasRunSince() {
        Instant start = Instant.parse("2026-11-30T22:30:00.123456Z");
        Instant later = start.plusMillis(1);
        ResumePoint atLeastOnce = point(FIRST).in(new Origin(FIRST, PUBLICATION, start));

        assertThat(database().judge(atLeastOnce, start)).isEqualTo(new Resume(atLeastOnce));
        assertThat(database().judge(atLeastOnce, later))
                .asInstanceOf(type(Gap.class))
                .satisfies(gap -> assertThat(gap.lost()).as("known to be lost").isFalse())
                .satisfies(gap -> assertThat(gap.reason()).contains("at least once", start.toString()));
        assertThat(database().judge(point(FIRST), later)).as("exactly once").isInstanceOf(Resume.class);
    }

    static Stream<Arguments> lost() {
        ResumePoint inside =
                new ResumePoint(THROUGH, new Position(lsn(150), 3), new Origin(FIRST, PUBLICATION), NUMBERS);
        return Stream.of(
                Arguments.of("WAL ends before", database().withWalEnd(99), point(FIRST)),
                Arguments.of(
                        "WAL ends before the end of the published part of a transaction",
                        database().withWalEnd(149),
                        inside),
                Arguments.of("number drawn again", database().withRows(11, Trace.UNKNOWN), point(FIRST)),
                Arguments.of("number drawn again, leaf retired", database().withRows(11, Trace.RETIRED), point(FIRST)),
                Arguments.of("row missing", database().withRows(12, Trace.MISSING), point(FIRST)),
                Arguments.of("row replaced", database().withRows(12, Trace.REPLACED), point(FIRST)),
                Arguments.of("found before", database(), point(FIRST).before(FoundGap.HISTORY)),
                Arguments.of("timeline left before", database().on(SECOND, new Ancestor(FIRST, lsn(99))), point(FIRST)),
                Arguments.of(
                        "timeline left within a partly published transaction",
                        database().on(SECOND, new Ancestor(FIRST, lsn(149))),
                        inside),
                Arguments.of("timeline of another branch", database(), point(SECOND)),
                Arguments.of(
                        "timeline that got the same number",
                        database().on(new Timeline(2, lsn(50)), new Ancestor(FIRST, lsn(50))),
                        point(SECOND)),
                Arguments.of(
                        "timeline that got the same number, left since",
                        database()
                                .on(
                                        new Timeline(3, lsn(180)),
                                        new Ancestor(FIRST, lsn(50)),
                                        new Ancestor(new Timeline(2, lsn(50)), lsn(180))),
                        point(SECOND)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lost")
    void factThatShowsLostCommitsIsAGapWithLoss(String fact, Database database, ResumePoint recorded) {
        assertThat(database.judge(recorded)).isInstanceOfSatisfying(Gap.class, gap -> {
            assertThat(gap.lost()).isTrue();
            assertThat(gap.reason()).as("one reason").doesNotContain(";");
        });
    }

    static Stream<Arguments> gaps() {
        return Stream.of(
                Arguments.of("no slot", database().withSlot(null), point(FIRST)),
                Arguments.of("slot given up", database().withSlot(new Slot(lsn(90), true)), point(FIRST)),
                Arguments.of("slot advanced", database().withSlot(new Slot(lsn(101), false)), point(FIRST)),
                Arguments.of("slot advanced in a fill", database().withSlot(new Slot(lsn(101), false)), filling()),
                Arguments.of("older slot in a fill", database().withSlot(new Slot(lsn(99), false)), filling()),
                Arguments.of("publication altered", database().withPublication("7.701/8.9.700"), point(FIRST)),
                Arguments.of("found before", database(), point(FIRST).before(FoundGap.ROWS)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("gaps")
    void factThatShowsAnIncompleteStreamIsAGapWithoutLoss(String fact, Database database, ResumePoint recorded) {
        assertThat(database.judge(recorded)).isInstanceOfSatisfying(Gap.class, gap -> {
            assertThat(gap.lost()).isFalse();
            assertThat(gap.reason()).as("one reason").doesNotContain(";");
        });
    }

    @Test
    void timelineLeftAfterThePositionIsResumedAsTheNewOne() {
        assertThat(database().on(SECOND, new Ancestor(FIRST, lsn(100))).judge(point(FIRST)))
                .isEqualTo(new Resume(point(SECOND)));
        assertThat(database()
                        .on(new Timeline(3, lsn(120)), new Ancestor(FIRST, lsn(60)), new Ancestor(SECOND, lsn(120)))
                        .judge(point(SECOND)))
                .isEqualTo(new Resume(point(new Timeline(3, lsn(120)))));
    }

    @Test
    void existingRowShowsThatItsNumberWasDrawnWhateverTheSequenceSays() {
        assertThat(database().withRows(0, Trace.THERE).judge(point(FIRST))).isInstanceOf(Resume.class);
    }

    @Test
    void positionWhoseNewestRowMayBeRetiredIsResumed() {
        assertThat(database().withRows(12, Trace.RETIRED).judge(point(FIRST))).isInstanceOf(Resume.class);
    }

    @Test
    void whileNothingIsPublishedTheStreamIsResumedWhereItIsConfirmed() {
        ResumePoint nothing = new ResumePoint(THROUGH, null, new Origin(FIRST, PUBLICATION), Numbers.NONE);
        assertThat(database().withRows(0, Trace.UNKNOWN).judge(nothing))
                .isEqualTo(new Resume(new ResumePoint(lsn(90), null, new Origin(FIRST, PUBLICATION), Numbers.NONE)));
        ResumePoint fill = new ResumePoint(
                THROUGH, null, Fill.begin("700:700:", null), new Origin(FIRST, PUBLICATION), Numbers.NONE);
        assertThat(database()
                        .withRows(0, Trace.UNKNOWN)
                        .withSlot(new Slot(THROUGH, false))
                        .judge(fill))
                .as("a fill goes on")
                .isEqualTo(new Resume(fill));
        ResumePoint waiting =
                nothing.with(new Waiting(Map.of("order", new Waiting.Rows(Fill.begin("700:700:", null), 1, true))));
        assertThat(database().withRows(0, Trace.UNKNOWN).judge(waiting))
                .as("rows of the table wait")
                .isEqualTo(new Resume(waiting));
    }

    @Test
    void withoutPositionTheNoteInTheDatabaseDecides() {
        Slot slot = new Slot(lsn(90), false);
        assertThat(database().withSlot(null).withNote(null).judge(null)).isInstanceOf(FirstStart.class);
        assertThat(database().withSlot(slot).withNote(null).judge(null))
                .as("a slot that people have made: rows may be older")
                .isInstanceOf(FirstStart.class);
        assertThat(database()
                        .withSlot(slot)
                        .withNote(new Note("1:1:", true, Lsn.ZERO))
                        .judge(null))
                .as("a slot that a relay left during its first start")
                .isInstanceOf(FirstStart.class);
    }

    @ParameterizedTest
    @CsvSource({"true, true", "false, true", "false, false"})
    void withoutPositionADatabaseWhoseEventsWerePublishedHasAGap(boolean ofThisServer, boolean published) {
        assertThat(database()
                        .withNote(new Note("700:700:", ofThisServer, published ? lsn(80) : Lsn.ZERO))
                        .judge(null))
                .isInstanceOfSatisfying(Gap.class, gap -> assertThat(gap.lost()).isEqualTo(!ofThisServer));
    }

    private static Facts table(Timeline timeline, long database) {
        Origin origin = new Origin(timeline, PUBLICATION);
        return new Facts(origin, List.of(), lsn(200), null, 12, Trace.THERE, null, Source.TABLE, database);
    }

    private static ResumePoint ofTable(Timeline timeline) {
        return point(timeline).ofTable(new TablePoint(7, "700:700:"));
    }

    @Test
    void positionOfTheTableIsResumedWhereTheTableIsRead() {
        Timeline second = new Timeline(2, Lsn.ZERO);
        assertThat(History.judge(ofTable(FIRST), false, table(FIRST, 7))).isInstanceOf(Resume.class);
        assertThat(History.judge(point(FIRST), false, table(FIRST, 7)))
                .as("of the stream")
                .isInstanceOfSatisfying(Gap.class, gap -> assertThat(gap.lost()).isFalse());
        assertThat(History.judge(ofTable(FIRST), false, table(second, 7)))
                .as("another timeline")
                .isInstanceOfSatisfying(Gap.class, gap -> assertThat(gap.lost()).isTrue());
        assertThat(History.judge(ofTable(FIRST), false, table(FIRST, 8)))
                .as("of a database that is gone")
                .isInstanceOfSatisfying(Gap.class, gap -> assertThat(gap.lost()).isTrue());
    }

    /** Without REPLICATION nobody can tell where a timeline began. */
    @Test
    void positionOfTheTableIsOfTheStreamsTimelineIfTheNumbersAreTheSame() {
        Timeline known = new Timeline(2, lsn(50));
        Finding finding = database().on(known, new Ancestor(FIRST, lsn(50))).judge(ofTable(new Timeline(2, Lsn.ZERO)));
        assertThat(finding)
                .isInstanceOfSatisfying(Gap.class, gap -> assertThat(gap.lost()).isFalse());
    }

    @Test
    void positionOfTheSlotIsAcceptableWhereTheStreamBringsEverythingAfterIt() {
        Slot moved = new Slot(lsn(110), false);
        assertThat(database().withSlot(moved).acceptable(point(FIRST)))
                .as("a gap")
                .isEqualTo(lsn(110));
        assertThat(database().withSlot(new Slot(THROUGH, false)).acceptable(filling()))
                .as("a fill that is under way")
                .isEqualTo(THROUGH);
        assertThat(database().acceptable(point(FIRST))).as("no gap").isNull();
        assertThat(database().withSlot(moved).withPublication("9").acceptable(point(FIRST)))
                .as("another publication")
                .isNull();
        assertThat(database().withSlot(moved).withRows(11, Trace.MISSING).acceptable(point(FIRST)))
                .as("lost commits")
                .isNull();
        assertThat(database().withSlot(new Slot(lsn(110), true)).acceptable(point(FIRST)))
                .as("a lost slot")
                .isNull();
    }

    @ParameterizedTest
    @CsvSource({"16, false", "17, true"})
    void numbersThatAreShiftedHaveToBeRaisedBeforeAnythingIsAccepted(long drawn, boolean acceptable) {
        Numbers shifted = new Numbers(12, null, new Shift(12, 4));
        ResumePoint filling = filling().with(shifted);
        for (Lsn slot : List.of(THROUGH, lsn(110))) {
            assertThat(database()
                            .withRows(drawn, Trace.UNKNOWN)
                            .withSlot(new Slot(slot, false))
                            .acceptable(filling))
                    .isEqualTo(acceptable ? slot : null);
        }
    }
}
