package dev.fullstate.outbox.jobs;

import java.sql.Connection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.jobs.Job.State;
import dev.fullstate.outbox.republish.RepublishRequest;
import dev.fullstate.outbox.republish.RepublishTest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The clock of the database's host jumps by an hour while a job runs. Who works on a slice is decided by locks, not by time; only pace and delays
 * are. Moving the times in the tables does the same as moving the clock the other way.
 */
class ClockJumpIT extends RepublishTest {

    private static void moveClock(String interval) {
        shop.jdbc()
                .sql(
                        "update outbox_job set started_at = started_at - cast(:by as interval),"
                                + " rate_since = rate_since - cast(:by as interval), updated_at = updated_at - cast(:by as interval)")
                .param("by", interval)
                .update();
        shop.jdbc()
                .sql("update outbox_job_slice set due_at = due_at - cast(:by as interval),"
                        + " updated_at = updated_at - cast(:by as interval)")
                .param("by", interval)
                .update();
    }

    private static UUID startAtRate(int perSecond) {
        UUID job = republisher()
                .start(new RepublishRequest(List.of("purchase"), null, null, perSecond, false, false), "test");
        await().until(() -> job(job).publishedCount() >= 1);
        return job;
    }

    /** A delete event for an aggregate that does not exist is looked at again, a second later each time, while other transactions are open. */
    @Test
    void sliceThatWaitsForItsTimeGoesOnAfterTheClockWasSetBack() throws Exception {
        UUID job;
        try (Connection holder = holding("select pg_current_xact_id()")) {
            job = republisher()
                    .start(
                            new RepublishRequest(
                                    List.of("purchase"),
                                    List.of(UUID.randomUUID().toString()),
                                    null,
                                    null,
                                    false,
                                    true),
                            "test");
            await().until(() -> shop.jdbc()
                    .sql("select count(due_at) > 0 from outbox_job_slice")
                    .query(Boolean.class)
                    .single());
            moveClock("-1 hour");
            holder.rollback();
        }
        assertThat(ended(job).state()).isEqualTo(State.COMPLETED);
    }

    @Test
    void jobWithARateGoesOnAfterTheClockWasSetBack() {
        List<UUID> ids = purchases(6 * CHUNK);
        UUID job = startAtRate(2 * CHUNK);
        moveClock("-1 hour");
        assertThat(ended(job).publishedCount()).isEqualTo(ids.size());
    }

    @Test
    void jobWithARateDoesNotMakeUpForAnHourThatTheClockHasSkipped() {
        List<UUID> ids = purchases(20 * CHUNK);
        UUID job = startAtRate(1);
        long before = job(job).publishedCount();
        moveClock("1 hour");

        long began = System.nanoTime();
        await().until(() -> job(job).publishedCount() > before + 3);
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);
        assertThat(job(job).publishedCount() - before).isLessThanOrEqualTo(seconds + 3);
        assertThat(job(job).publishedCount()).isLessThan(ids.size());
        assertThat(job(job).state()).isEqualTo(State.RUNNING);
        republisher().cancel(job, "test");
    }
}
