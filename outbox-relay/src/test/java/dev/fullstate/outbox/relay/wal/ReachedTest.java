package dev.fullstate.outbox.relay.wal;

import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.relay.position.Lsn;

import static org.assertj.core.api.Assertions.assertThat;

class ReachedTest {

    private static Horizon horizon(String snapshot, long lsn) {
        return new Horizon(snapshot, new Lsn(lsn));
    }

    @Test
    void pointOfTheStreamCoversWhatIsCommittedBeforeIt() {
        Reached reached = Reached.ofStream(new Lsn(100));
        assertThat(reached.covers(horizon("12:14:12", 100))).isTrue();
        assertThat(reached.covers(horizon("12:14:12", 101))).isFalse();
    }

    /** The commit of 12 is in the WAL before the position, and shows only afterwards, as where it waits for a standby. */
    @Test
    void pointOfTheTableDoesNotCoverACommitThatLiesBeforeItAndDidNotShow() {
        Reached reached = Reached.ofTable("12:14:12", new Lsn(100));
        assertThat(reached.covers(horizon("14:14:", 100))).isFalse();
        assertThat(reached.covers(horizon("12:14:12", 200))).isTrue();
        assertThat(reached.lsn()).isEqualTo(new Lsn(100));
    }
}
