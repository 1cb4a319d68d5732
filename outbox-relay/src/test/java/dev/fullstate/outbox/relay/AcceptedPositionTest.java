package dev.fullstate.outbox.relay;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.position.ResumePoint;

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
        assertThat(AcceptedPosition.point(Lsn.parse(slot), before, before.origin()))
                .isEqualTo(point(accepted, stillBehind));
    }

    @Test
    void withoutAPositionNoNumberIsKnown() {
        ResumePoint of = point("0/1", null);
        assertThat(AcceptedPosition.point(Lsn.parse("0/20"), null, of.origin())
                        .numbers()
                        .isAnyPublished())
                .isFalse();
    }

    private static ResumePoint point(String extent, String behind) {
        return ResumePoint.parse(extent + HISTORY + (behind == null ? "" : " behind=" + behind));
    }
}
