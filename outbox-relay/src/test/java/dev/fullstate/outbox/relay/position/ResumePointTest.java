package dev.fullstate.outbox.relay.position;

import java.util.UUID;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ResumePointTest {

    private static final String FIELDS = " highest=0 timeline=1 publication=16400.735";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " newest=12:0199f0c4-8a3e-7000-8000-000000000001",
                " newest=12:0199f0c4-8a3e-7000-8000-000000000001 shift=100+30",
                " fill=1200@735:740:736,738",
                " fill=0@735:740:@700:700:",
                " shift=100+30 fill=9223372036854775807@735:740:",
                " behind=order@0/16B3000",
                " behind=an+order%2C%40%3D%2F@0/16B3000:0/16B3748#17,b@0/1",
                " waiting=order@1@17@735:740:736,738",
                " table=16384/750:750: waiting=an+order%3B%40%3F?@5@17@735:740:736@700:700:;b@0@1@750:750:",
                " fill=12@735:740:736@700:701: table=16384/700:701:"
            })
    void resumePointIsReadAsItIsWritten(String fields) {
        assertThat(ResumePoint.parse("0/16B3748" + fields + FIELDS)).hasToString("0/16B3748" + fields + FIELDS);
        assertThat(ResumePoint.parse("0/16B3748 0/16B4000#17" + fields + FIELDS))
                .hasToString("0/16B3748 0/16B4000#17" + fields + FIELDS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "2@0/3000060"})
    void timelineIsWrittenWithTheLsnWhereItBegan(String timeline) {
        String text = "0/16B3748 highest=0 timeline=" + timeline + " publication=1";
        assertThat(ResumePoint.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "0/1",
                "0/1 ",
                "0/1 2" + FIELDS,
                "0/1 0/2" + FIELDS,
                "0/1 0/2#" + FIELDS,
                "0/1 timeline=1 publication=1",
                "0/1 timeline=1 highest=0",
                "0/1 publication=1 highest=0",
                "0/1 timeline=x publication=1 highest=0",
                "0/1 timeline=2@ publication=1 highest=0",
                "0/1" + FIELDS + " timeline=1",
                "0/1" + FIELDS + " newest=1",
                "0/1" + FIELDS + " newest=1:2",
                "0/1" + FIELDS + " shift=1",
                "0/1" + FIELDS + " fill=5",
                "0/1" + FIELDS + " fill=x@1:1:",
                "0/1" + FIELDS + " fill=5@1:1:@1:1:@1:1:",
                "0/1" + FIELDS + " behind=order",
                "0/1" + FIELDS + " behind=order@x",
                "0/1" + FIELDS + " behind=",
                "0/1" + FIELDS + " started=today",
                "0/1" + FIELDS + " waiting=order",
                "0/1" + FIELDS + " waiting=order@x",
                "0/1" + FIELDS + " waiting=@1@17@735:740:",
                "0/1" + FIELDS + " waiting=order@17@735:740:",
                "0/1" + FIELDS + " waiting=",
                "0/1" + FIELDS + " later=1",
                "0/1" + FIELDS + "  "
            })
    void textThatIsNotAResumePointIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> ResumePoint.parse(text));
    }

    /** It must not look like a position without a fill, or with no type behind: those rows would be passed over. */
    @Test
    void textWhoseEndIsCutOffIsRefusedOrOfAnotherPublication() {
        String text = "0/16B3748 0/16B4000#17 newest=1200:0199f0c4-8a3e-7000-8000-000000000001 shift=100+30"
                + " fill=1200@735:740:736,738 gap=rows behind=order@0/16B3000 waiting=order@1@17@735:740: started=2026-11-30T22:30:00.123456Z highest=1200 timeline=2@0/3000060"
                + " publication=16400.735";
        assertThat(ResumePoint.parse(text)).hasToString(text);
        for (int end = 0; end < text.length(); end++) {
            String cut = text.substring(0, end);
            if (end <= text.indexOf("publication=") + "publication=".length()) {
                assertThatIllegalArgumentException().as(cut).isThrownBy(() -> ResumePoint.parse(cut));
            } else {
                assertThat(ResumePoint.parse(cut).origin().publication())
                        .as(cut)
                        .isNotEqualTo("16400.735");
            }
        }
    }

    @Test
    void resumePointCoversEarlierCommitsAndTheBeginningOfTheNextTransaction() {
        ResumePoint point = ResumePoint.parse("0/64 0/78#3" + FIELDS);
        assertThat(point.covers(new Position(new Lsn(90), 1_000))).isTrue();
        assertThat(point.covers(new Position(new Lsn(120), 3))).isTrue();
        assertThat(point.covers(new Position(new Lsn(120), 4))).isFalse();
        assertThat(point.covers(new Position(new Lsn(130), 0))).isFalse();
    }

    @Test
    void transactionWhoseCommitBeginsWhereThePreviousOneEndsIsNotCovered() {
        assertThat(ResumePoint.parse("0/64" + FIELDS).covers(new Position(new Lsn(100), 0)))
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
    void furthestOfTwoPointsCoversAllThatEitherCovers(String one, String other, String furthest) {
        assertThat(ResumePoint.parse(one + FIELDS).furthest(ResumePoint.parse(other + FIELDS)))
                .hasToString(furthest + FIELDS);
        assertThat(ResumePoint.parse(other + FIELDS).furthest(ResumePoint.parse(one + FIELDS)))
                .hasToString(furthest + FIELDS);
    }

    @Test
    void renumberedRowsAreShiftedAboveAllPublishedNumbers() {
        Numbers numbers = new Numbers(500, null, new Shift(120, 490));
        assertThat(numbers.with(11, new UUID(0, 1)).highest()).isEqualTo(501);
        assertThat(numbers.with(611, new UUID(0, 1)).highest()).isEqualTo(611);
        assertThat(numbers.shift().apply(120)).isEqualTo(610);
        assertThat(numbers.shift().apply(121)).isEqualTo(121);
    }
}
