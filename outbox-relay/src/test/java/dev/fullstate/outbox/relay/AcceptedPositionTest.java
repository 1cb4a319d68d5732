package dev.fullstate.outbox.relay;

import java.util.UUID;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.fullstate.outbox.relay.history.Finding.Gap;
import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.position.Newest;
import dev.fullstate.outbox.relay.position.Numbers;
import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.position.Shift;
import dev.fullstate.outbox.relay.wal.Source;

import static org.assertj.core.api.Assertions.assertThat;

class AcceptedPositionTest {

    private static final String HISTORY = " timeline=1 publication=16400.735 highest=7";

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                // slot, recorded, its types that are behind | accepted, types that are still behind
                "0/20, 0/10, -, 0/20, -",
                "0/20, 0/10 0/15#3, -, 0/20, -",
                "0/20, 0/10 0/20#3, -, 0/20 0/20#3, -",
                "0/20, 0/30, a@0/10, 0/30, a@0/20",
                "0/20, 0/30, 'a@0/10,b@0/25', 0/30, 'a@0/20,b@0/25'",
                "0/20, 0/15, a@0/10, 0/20, -"
            })
    void everythingBeforeTheSlotCountsAndWhatIsPublishedBeyondItStillDoes(
            String slot, String recorded, String behind, String accepted, String stillBehind) {
        ResumePoint before = point(recorded, behind);
        assertThat(AcceptedPosition.point(Lsn.parse(slot), before, null, before.origin()))
                .isEqualTo(point(accepted, stillBehind));
    }

    @Test
    void newestRowOfTheTableCountsAsPublished() {
        Newest newest = new Newest(9, new UUID(1, 2));
        ResumePoint before = point("0/10", null);
        assertThat(numbers(before, newest)).isEqualTo(new Numbers(9, newest, Shift.NONE));
        assertThat(numbers(null, newest)).isEqualTo(new Numbers(9, newest, Shift.NONE));
        assertThat(numbers(null, null)).isEqualTo(Numbers.NONE);
        Newest published = new Newest(11, new UUID(3, 4));
        assertThat(numbers(before.with(new Numbers(11, published, Shift.NONE)), newest))
                .as("rows that were retired")
                .isEqualTo(new Numbers(11, published, Shift.NONE));
        assertThat(numbers(before.with(new Numbers(12, null, new Shift(10, 5))), newest))
                .as("consumers may see its shifted number")
                .isEqualTo(new Numbers(14, newest, new Shift(10, 5)));
    }

    @Test
    void acceptIsOfferedUnlessTheDatabaseHasLostCommits() {
        assertThat(Announcing.warning(new Gap("a reason", false), Source.WAL).remedy())
                .contains("The command accept");
        assertThat(Announcing.warning(new Gap("a reason", true), Source.WAL).remedy())
                .doesNotContain("accept");
    }

    private static Numbers numbers(ResumePoint recorded, Newest newest) {
        return AcceptedPosition.point(
                        Lsn.parse("0/20"), recorded, newest, point("0/1", null).origin())
                .numbers();
    }

    private static ResumePoint point(String extent, String behind) {
        return ResumePoint.parse(extent + HISTORY + (behind == null ? "" : " behind=" + behind));
    }
}
