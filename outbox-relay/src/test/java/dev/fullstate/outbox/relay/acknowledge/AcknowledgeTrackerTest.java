package dev.fullstate.outbox.relay.acknowledge;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.position.Progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class AcknowledgeTrackerTest {

    private final AcknowledgeTracker tracker = new AcknowledgeTracker(new Lsn(100), AcknowledgeListener.NONE);

    @Test
    void emptyTransactionsBehindAnUnpublishedOneAreNotKept() {
        AcknowledgeTracker tracker = new AcknowledgeTracker(new Lsn(1), AcknowledgeListener.NONE);
        PendingTransaction first = tracker.begin();
        first.addEvent();
        tracker.end(new Lsn(2));
        for (int lsn = 3; lsn < 10; lsn++) {
            tracker.begin();
            tracker.end(new Lsn(lsn));
        }
        assertThat(tracker.advance().published()).isEqualTo(new Lsn(1));

        first.whenPublished().run();

        assertThat(tracker.advance().published()).isEqualTo(new Lsn(9));
        assertThat(tracker.isIdle()).isTrue();
    }

    @Test
    void transactionIsPublishedWhenItHasEndedAndAllItsEventsArePublished() {
        PendingTransaction transaction = tracker.begin();
        transaction.addEvent();
        transaction.addEvent();
        transaction.whenPublished().run();
        tracker.end(new Lsn(200));
        assertThat(tracker.advance().published()).isEqualTo(new Lsn(100));
        transaction.whenPublished().run();
        assertThat(tracker.advance().published()).isEqualTo(new Lsn(200));
    }

    @Test
    void transactionWhoseEndIsNotReceivedIsNotPublished() {
        PendingTransaction transaction = tracker.begin();
        transaction.addEvent();
        transaction.whenPublished().run();
        assertThat(tracker.advance().published()).isEqualTo(new Lsn(100));
        assertThat(tracker.isIdle()).isFalse();
        assertThat(tracker.isInsideTransaction()).isTrue();
    }

    @Test
    void transactionWithoutEventsIsPublishedWithItsEnd() {
        tracker.begin();
        tracker.end(new Lsn(200));
        assertThat(tracker.advance()).isEqualTo(new Progress(new Lsn(200), new Lsn(200), new Lsn(100)));
    }

    @Test
    void laterTransactionWaitsForAnEarlierOne() {
        PendingTransaction first = tracker.begin();
        first.addEvent();
        tracker.end(new Lsn(200));
        PendingTransaction second = tracker.begin();
        second.addEvent();
        tracker.end(new Lsn(300));

        second.whenPublished().run();
        assertThat(tracker.advance().published()).isEqualTo(new Lsn(100));
        first.whenPublished().run();
        assertThat(tracker.advance().published()).isEqualTo(new Lsn(300));
    }

    @Test
    void lowerPositionNeverMovesTheConfirmedOneBack() {
        tracker.begin();
        tracker.end(new Lsn(200));
        tracker.advance();
        tracker.noteConfirmed(new Lsn(200));
        tracker.noteConfirmed(new Lsn(150));
        assertThat(tracker.progress().confirmed()).isEqualTo(new Lsn(200));
    }

    @Test
    void confirmationBeyondThePublishedPositionIsRefused() {
        PendingTransaction transaction = tracker.begin();
        transaction.addEvent();
        tracker.end(new Lsn(200));
        tracker.advance();
        assertThatIllegalStateException()
                .isThrownBy(() -> tracker.noteConfirmed(new Lsn(200)))
                .withMessageContaining("confirmed 0/C8 <= published 0/64 <= received 0/C8");
    }

    @Test
    void transactionsOutOfOrderAreRefused() {
        tracker.begin();
        assertThatIllegalStateException().isThrownBy(tracker::begin);
        tracker.end(new Lsn(200));
        assertThatIllegalStateException().isThrownBy(() -> tracker.end(new Lsn(300)));
        tracker.begin();
        assertThatIllegalStateException().isThrownBy(() -> tracker.end(new Lsn(150)));
    }

    @RepeatedTest(100)
    void exactlyThePublishedPrefixCountsInAnyOrderOfPublication(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        int[] unpublished = new int[1 + random.nextInt(30)];
        List<Runnable> publications = new ArrayList<>();
        for (int i = 0; i < unpublished.length; i++) {
            int index = i;
            PendingTransaction transaction = tracker.begin();
            for (int sent = random.nextInt(4); sent > 0; sent--) {
                transaction.addEvent();
                unpublished[index]++;
                publications.add(() -> {
                    transaction.whenPublished().run();
                    unpublished[index]--;
                });
            }
            tracker.end(end(index));
        }
        Collections.shuffle(publications, random);
        for (Runnable publication : publications) {
            publication.run();
            Progress progress = tracker.advance();
            int prefix = 0;
            while (prefix < unpublished.length && unpublished[prefix] == 0) {
                prefix++;
            }
            assertThat(progress.published()).isEqualTo(prefix == 0 ? new Lsn(100) : end(prefix - 1));
            tracker.noteConfirmed(progress.published());
        }
        assertThat(tracker.isIdle()).isTrue();
    }

    private static Lsn end(int transaction) {
        return new Lsn(200 + 10L * transaction);
    }
}
