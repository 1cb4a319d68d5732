package dev.fullstate.outbox.relay.position;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ResumePointTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0/16B3748",
                "0/16B3748 0/16B4000#17",
                "0/16B3748 rows 1200@735:740:736,738",
                "0/16B3748 rows 1200@735:740: 7@800:800:"
            })
    void isReadAsItIsWritten(String text) {
        assertThat(ResumePoint.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "x", "0/1 ", "0/1 2", "0/1 0/2", "0/1 0/2#", "0/1 rows 5", "0/1 rows x@1:1:", "0/1 rows  "})
    void whatIsNoResumePointIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> ResumePoint.parse(text));
    }

    @Test
    void coversWhatCommittedBeforeAndTheBeginningOfTheNextTransaction() {
        ResumePoint point = new ResumePoint(new Lsn(100), new Position(new Lsn(120), 3));
        assertThat(point.covers(new Position(new Lsn(90), 1_000))).isTrue();
        assertThat(point.covers(new Position(new Lsn(120), 3))).isTrue();
        assertThat(point.covers(new Position(new Lsn(120), 4))).isFalse();
        assertThat(point.covers(new Position(new Lsn(130), 0))).isFalse();
    }

    @Test
    void transactionWhoseCommitBeginsWhereThePreviousOneEndsIsNotCovered() {
        assertThat(new ResumePoint(new Lsn(100), null).covers(new Position(new Lsn(100), 0)))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "0/10,        0/20,        0/20",
        "0/10 0/18#3, 0/20,        0/20",
        "0/10 0/20#3, 0/20,        0/20 0/20#3",
        "0/10 0/20#9, 0/20 0/20#3, 0/20 0/20#9",
        "0/10 0/18#9, 0/20 0/20#3, 0/20 0/20#3",
        "0/20,        0/20 0/20#3, 0/20 0/20#3",
        "0/30,        0/20 0/20#3, 0/30"
    })
    void furthestOfTwoPointsHasWhatEitherHas(String one, String other, String furthest) {
        assertThat(ResumePoint.parse(one).furthest(ResumePoint.parse(other))).hasToString(furthest);
        assertThat(ResumePoint.parse(other).furthest(ResumePoint.parse(one))).hasToString(furthest);
    }

    @Test
    void rowsOfALaterAttemptReplaceThoseOfEarlierOnesThatItReachesOrPasses() {
        ResumePoint start = ResumePoint.parse("0/1 rows 30@1:1: 20@2:2: 10@3:3:");
        assertThat(start.with(new PublishedRows("4:4:", 20))).hasToString("0/1 rows 30@1:1: 20@4:4:");
        assertThat(start.with(new PublishedRows("4:4:", 5))).hasToString("0/1 rows 30@1:1: 20@2:2: 10@3:3: 5@4:4:");
        assertThat(start.with(new PublishedRows("4:4:", 40))).hasToString("0/1 rows 40@4:4:");
    }
}
