package dev.fullstate.outbox.relay.wal;

import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.position.Timeline;
import dev.fullstate.outbox.relay.wal.Facts.Ancestor;

import static org.assertj.core.api.Assertions.assertThat;

class DatabaseHistoryTest {

    @Test
    void eachTimelineBeginsWhereTheOneBeforeItWasLeft() {
        assertThat(DatabaseHistory.ancestors("""
                        # a comment
                        1\t0/3000060\tno recovery target specified

                        3\t1/A0\tat restore point "before the change"
                        """))
                .containsExactly(
                        new Ancestor(Timeline.FIRST, new Lsn(0x3000060)),
                        new Ancestor(new Timeline(3, new Lsn(0x3000060)), new Lsn(0x1_0000_00A0L)));
    }

    @Test
    void firstTimelineHasNoAncestor() {
        assertThat(DatabaseHistory.ancestors("")).isEmpty();
    }
}
