package dev.fullstate.outbox.jobs;

import java.time.Duration;
import java.util.List;
import java.util.UUID;

import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.harness.outbox.OutboxInsert;
import dev.fullstate.outbox.jobs.Job.State;
import dev.fullstate.outbox.republish.RepublishJob;
import dev.fullstate.outbox.republish.RepublishRequest;
import dev.fullstate.outbox.republish.RepublishTest;
import dev.fullstate.outbox.republish.Republisher;
import dev.fullstate.outbox.shop.ShopApplication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A job is not faster than its rate, and waits while live events have to wait. */
class JobPaceIT extends RepublishTest {

    private static final RepublishRequest PURCHASES = RepublishRequest.ofTypes(List.of("purchase"));

    @Test
    void jobIsNotFasterThanItsRate() {
        List<UUID> ids = purchases(4 * CHUNK);

        RepublishJob end = ended(new RepublishRequest(List.of(), null, null, 10, false, false));

        assertThat(end.publishedCount()).isEqualTo(ids.size());
        assertThat(end.ratePerSecond()).isEqualTo(10);
        // The last chunk begins when those before have had their time.
        assertThat(Duration.between(end.startedAt(), end.finishedAt()))
                .isGreaterThanOrEqualTo(Duration.ofMillis(1000L * (ids.size() - CHUNK) / 10));
    }

    @Test
    void pauseDoesNotEarnABurst() {
        List<UUID> ids = purchases(20 * CHUNK);
        UUID job = republisher().start(new RepublishRequest(List.of("purchase"), null, null, 1, false, false), "test");
        await().until(() -> job(job).publishedCount() >= 1);
        long before = republisher().pause(job, "test").orElseThrow().publishedCount();
        // The job then looks as if it had been paused for an hour; nothing else moves the clock.
        shop.jdbc()
                .sql("update outbox_job set started_at = started_at - interval '1 hour',"
                        + " rate_since = rate_since - interval '1 hour', updated_at = updated_at - interval '1 hour'")
                .update();

        republisher().resume(job, "test");

        // A chunk at once, and the next one a second later; there is an hour's worth of chunks otherwise.
        await().until(() -> job(job).publishedCount() > before);
        assertThat(job(job).publishedCount()).isLessThan(ids.size());
        republisher().cancel(job, "test");
    }

    @Test
    void jobWaitsWhileARelayIsBehindAndGivesTheReason() {
        List<UUID> ids = purchases(CHUNK);
        shop.jdbc().sql("""
                        insert into outbox_relay (pipeline, slot_name, snapshot, published_lsn, system_identifier)
                        select 'p', 's', pg_current_snapshot(), pg_current_wal_lsn(), system_identifier from pg_control_system()
                        """).update();
        shop.jdbc()
                .sql(OutboxInsert.row()
                        .with("created_at", "clock_timestamp() - interval '1 minute'")
                        .sql())
                .update();
        shop.bean(Republisher.class).stop();
        try (ShopApplication fresh = ShopApplication.startAgain(
                postgres, "republish", "outbox.republish.parallelism=1", "outbox.republish.poll-interval=100ms")) {
            UUID job = fresh.bean(Republisher.class).start(PURCHASES, "test");
            await().until(() -> job(job).state() == State.RUNNING);
            UUID next = fresh.bean(Republisher.class).start(RepublishRequest.ofTypes(List.of("seat")), "test");
            // The only thread has seen the first job, and come round to the second.
            await().until(() -> job(next).state() == State.RUNNING);
            assertThat(job(job).types().get(0).total()).isNull();
            assertThat(job(job).waitingFor()).contains("relay", "30 s");

            shop.jdbc()
                    .sql("update outbox_relay set snapshot = pg_current_snapshot()")
                    .update();

            assertThat(ended(job).publishedCount()).isEqualTo(ids.size());
            assertThat(job(job).waitingFor()).isNull();
        } finally {
            shop.jdbc().sql("delete from outbox_relay").update();
            shop.bean(Republisher.class).start();
        }
    }
}
