package dev.fullstate.outbox.relay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.wal.Horizon;
import dev.fullstate.outbox.relay.wal.Horizons;
import dev.fullstate.outbox.relay.wal.Reached;
import dev.fullstate.outbox.relay.wal.WalException;
import dev.fullstate.outbox.relay.wal.WalFailures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Shows when the writer reads a horizon and when it writes it, in a time that the test owns. */
class HorizonWriterTest {

    private static final Duration A_MOMENT = Duration.ofMillis(1);
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final AtomicLong nanos = new AtomicLong();
    private final FakeDatabase database = new FakeDatabase();
    private final HorizonWriter writer = new HorizonWriter(database, database::requirePublication, nanos::get);

    /** A database whose WAL ends where the test says, and which names a horizon after that. It fails while the test says so. */
    private static final class FakeDatabase implements Horizons {

        private final List<String> written = new ArrayList<>();
        private long wal;
        private int readCount;
        private boolean failing;
        private boolean publicationGone;

        private void requirePublication() {
            if (publicationGone) {
                throw WalFailures.failure("The publication was replaced");
            }
        }

        @Override
        public Horizon now() {
            readCount++;
            fail();
            return new Horizon("at " + wal, new Lsn(wal));
        }

        @Override
        public void note(Horizon horizon, Lsn recorded) {
            fail();
            assertThat(recorded).isGreaterThanOrEqualTo(horizon.lsn());
            written.add(horizon.snapshot());
        }

        private void fail() {
            if (failing) {
                throw WalFailures.failure("No");
            }
        }
    }

    @BeforeEach
    void walAt100() {
        database.wal = 100;
    }

    private void stepAfter(Duration time, long published) {
        nanos.addAndGet(time.toNanos());
        writer.step(Reached.ofStream(new Lsn(published)));
    }

    /** Lets the writer write the horizon of its start, and wait out the interval. */
    private void started() {
        stepAfter(A_MOMENT, 100);
        stepAfter(A_MOMENT, 100);
        database.written.clear();
        nanos.addAndGet(INTERVAL.toNanos());
        database.readCount = 0;
    }

    @Test
    void horizonIsWrittenWhenItsPositionIsPublishedAndNotBefore() {
        stepAfter(A_MOMENT, 99);
        database.wal = 500;
        stepAfter(A_MOMENT, 99);
        assertThat(database.written).isEmpty();

        stepAfter(A_MOMENT, 100);
        assertThat(database.written).containsExactly("at 100");
    }

    @Test
    void withoutEventsNoHorizonIsReadOrWritten() {
        started();
        database.wal = 900;
        for (int i = 0; i < 100; i++) {
            stepAfter(INTERVAL, 900);
        }
        assertThat(database.readCount).isZero();
        assertThat(database.written).isEmpty();
    }

    @Test
    void eventReceivedWhileAHorizonWaitsIsCoveredByTheNext() {
        started();
        writer.noteReceived();
        stepAfter(A_MOMENT, 100);
        writer.noteReceived();
        database.wal = 200;
        stepAfter(A_MOMENT, 200);
        stepAfter(INTERVAL, 200);
        stepAfter(A_MOMENT, 200);
        stepAfter(INTERVAL, 200);
        stepAfter(INTERVAL, 200);
        assertThat(database.written).containsExactly("at 100", "at 200");
    }

    @Test
    void underLoadAtMostOneHorizonIsWrittenPerSecond() {
        started();
        for (int i = 0; i < 10_000; i++) {
            writer.noteReceived();
            database.wal++;
            stepAfter(A_MOMENT, database.wal);
        }
        assertThat(database.written).hasSizeBetween(9, 10);
    }

    @Test
    void failedWriteIsRetriedAfterAWhileAndLosesNoHorizon() {
        started();
        writer.noteReceived();
        stepAfter(A_MOMENT, 100);
        database.failing = true;
        stepAfter(A_MOMENT, 100);
        database.failing = false;
        stepAfter(INTERVAL, 100);
        assertThat(database.written).isEmpty();

        stepAfter(Duration.ofSeconds(10), 100);
        assertThat(database.written).containsExactly("at 100");
    }

    @Test
    void failedReadIsRetriedAfterAWhile() {
        started();
        writer.noteReceived();
        database.failing = true;
        stepAfter(A_MOMENT, 100);
        database.failing = false;
        stepAfter(A_MOMENT, 100);
        assertThat(database.readCount).isEqualTo(1);

        stepAfter(Duration.ofSeconds(10), 100);
        stepAfter(A_MOMENT, 100);
        assertThat(database.written).containsExactly("at 100");
    }

    @Test
    void horizonIsNotWrittenAfterThePublicationWasReplaced() {
        started();
        writer.noteReceived();
        stepAfter(A_MOMENT, 100);
        database.publicationGone = true;
        assertThatExceptionOfType(WalException.class).isThrownBy(() -> stepAfter(A_MOMENT, 100));
        assertThat(database.written).isEmpty();
    }
}
