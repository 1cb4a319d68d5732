package dev.fullstate.outbox.republish;

import java.sql.Connection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.jobs.Job.State;
import dev.fullstate.outbox.republish.RepublishJob.TypeProgress;
import dev.fullstate.outbox.shop.Seat;
import dev.fullstate.outbox.shop.ShopApplication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Many aggregates of one type are republished in ranges of ids, side by side. */
class RangesIT extends RepublishTest {

    /** Enough for three ranges. */
    private static final int MANY = 32 * CHUNK;

    private static final RepublishRequest PURCHASES = RepublishRequest.ofTypes(List.of("purchase"));

    private static int rangeCount(UUID job) {
        return shop.jdbc()
                .sql("select count(*) from outbox_job_slice where job_id = ?")
                .param(job)
                .query(Integer.class)
                .single();
    }

    @Test
    void rangesOfOneTypeAreDoneSideBySide() throws Exception {
        List<UUID> ids = purchases(MANY);
        UUID job;
        try (Connection holder = holdingTheOutbox()) {
            job = republisher().start(PURCHASES, "test");
            awaitWaiting(2, "\"outbox\" (");
            assertThat(rangeCount(job)).isEqualTo(3);
            holder.rollback();
        }

        assertThat(ended(job).types()).containsExactly(new TypeProgress("purchase", (long) MANY, MANY, 0, 0, 0));
        assertThat(publishedIds()).containsExactlyInAnyOrderElementsOf(texts(ids));
    }

    @Test
    void workerThatFoundNothingJoinsInOnceThereAreRanges() throws Exception {
        List<UUID> ids = purchases(MANY);
        republisher().stop();
        try (ShopApplication resting = ShopApplication.startAgain(
                postgres, "republish", "outbox.republish.chunk-size=" + CHUNK, "outbox.republish.poll-interval=5m")) {
            UUID job;
            try (Connection outbox = holdingTheOutbox()) {
                try (Connection uncountable = holding("lock table purchase in access exclusive mode")) {
                    job = resting.bean(Republisher.class).start(PURCHASES, "test");
                    awaitWaiting(1, "count(");
                    uncountable.rollback();
                }
                awaitWaiting(2, "\"outbox\" (");
                outbox.rollback();
            }
            assertThat(ended(job).publishedCount()).isEqualTo(MANY);
        }
        assertThat(publishedIds()).containsExactlyInAnyOrderElementsOf(texts(ids));
    }

    @Test
    void rangesOfCompositeIdsAreDoneSideBySide() {
        for (int i = 0; i < MANY; i++) {
            String row = "row " + i % 7;
            int number = i;
            shop.run(em -> em.persist(new Seat(row, number)));
        }
        List<String> ids = publishedIds();
        shop.forgetOutbox();

        RepublishJob end = ended(RepublishRequest.ofTypes(List.of("seat")));

        assertThat(rangeCount(end.id())).isEqualTo(3);
        assertThat(end.publishedCount()).isEqualTo(MANY);
        assertThat(publishedIds()).containsExactlyInAnyOrderElementsOf(ids);
    }

    @Test
    void aggregatesLockedInAnyRangeArePublishedAfterwards() throws Exception {
        List<UUID> ids = purchases(MANY);
        UUID job;
        try (Connection writer = holding("update purchase set version = version + 1 where purchase_id in ('"
                + ids.get(0) + "', '" + ids.get(MANY / 2) + "', '" + ids.get(MANY - 1) + "')")) {
            job = republisher().start(PURCHASES, "test");
            await().until(() -> job(job).publishedCount() == MANY - 3);
            assertThat(job(job).pendingCount()).isEqualTo(3);
            writer.commit();
        }

        assertThat(ended(job).publishedCount()).isEqualTo(MANY);
        assertThat(publishedIds()).containsExactlyInAnyOrderElementsOf(texts(ids));
    }

    @Test
    void jobPausedAndResumedInManyRangesLeavesNoGapAndRepeatsNothing() throws Exception {
        List<UUID> ids = purchases(MANY);
        UUID job;
        CompletableFuture<?> paused;
        try (Connection holder = holdingTheOutbox()) {
            job = republisher().start(PURCHASES, "test");
            awaitWaiting(2, "\"outbox\" (");
            paused = CompletableFuture.supplyAsync(() -> republisher().pause(job, "bob"));
            awaitWaiting(1, "\"outbox_job_slice\" where job_id");
            holder.rollback();
        }
        paused.join();
        republisher().resume(job, "bob");

        assertThat(ended(job).state()).isEqualTo(State.COMPLETED);
        assertThat(publishedIds()).containsExactlyInAnyOrderElementsOf(texts(ids));
    }

    @Test
    void fewAggregatesAreNotDivided() {
        purchases(19 * CHUNK);
        RepublishJob end = ended(PURCHASES);
        assertThat(rangeCount(end.id())).isEqualTo(1);
        assertThat(end.publishedCount()).isEqualTo(19 * CHUNK);
    }
}
