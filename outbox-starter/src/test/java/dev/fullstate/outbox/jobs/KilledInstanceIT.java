package dev.fullstate.outbox.jobs;

import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.republish.RepublishJob;
import dev.fullstate.outbox.republish.RepublishTest;
import dev.fullstate.outbox.shop.Purchase;
import dev.fullstate.outbox.shop.Seat;
import dev.fullstate.outbox.shop.ShopProcess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Instances that are killed, or stand still, in the middle of a job. The outbox shows the events of each. */
class KilledInstanceIT extends RepublishTest {

    private static final long SEED = 20261121;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static ShopProcess process(String name, String... properties) {
        String[] all = Stream.concat(Stream.of(OPTIONS), Stream.of(properties)).toArray(String[]::new);
        return ShopProcess.start(name, postgres, "republish", all);
    }

    /** Creates all aggregates; returns them as the outbox names them. */
    private static List<String> aggregates(int purchaseCount, int seatCount) {
        shop.run(em -> {
            for (int i = 0; i < purchaseCount; i++) {
                Purchase purchase = new Purchase("r" + i, null);
                purchase.add("apple", i);
                em.persist(purchase);
            }
            for (int i = 0; i < seatCount; i++) {
                em.persist(new Seat("a", i));
            }
        });
        List<String> all = inTheOutbox();
        shop.forgetOutbox();
        return all;
    }

    private static List<String> inTheOutbox() {
        return shop.outbox().stream()
                .map(row -> row.aggregateType() + " " + row.aggregateId())
                .toList();
    }

    private static void awaitPublished(UUID job, long count) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(() -> job(job).publishedCount() >= count);
    }

    /** Waits until a transaction of this instance is about to write events, and cannot. */
    private static void awaitHeldChunk(String instance) {
        await().atMost(PATIENCE)
                .until(() -> shop.jdbc()
                        .sql("select exists (select from pg_stat_activity where application_name = :name"
                                + " and wait_event_type = 'Lock' and query ilike '%\"outbox\" (%')")
                        .param("name", instance)
                        .query(Boolean.class)
                        .single());
    }

    private static RepublishJob endedPatiently(UUID id) {
        return await().atMost(PATIENCE).until(() -> job(id), job -> job.state().isFinal());
    }

    @Test
    void jobWhoseInstancesAreKilledOneAfterTheOtherPublishesEachAggregateOnce() throws Exception {
        List<String> all = aggregates(400, 80);
        Random random = new Random(SEED);
        republisher().stop();
        UUID job = republisher().start(List.of(), "test");

        // Some are locked all the time, so that each instance leaves contended ones behind, and none ends the job.
        try (Connection holder =
                holding("select 1 from purchase where reference in ('r7', 'r77', 'r277') for update")) {
            holdMore(holder, "select 1 from seat where number in (5, 50) for update");
            long published = 0;
            for (int killed = 1; killed <= 3; killed++) {
                try (ShopProcess instance = process("killed-instance-" + killed)) {
                    // Not more than is left, should the instance before have published much before its end.
                    awaitPublished(job, Math.min(published + 1 + random.nextInt(80), all.size() - 10));
                    if (killed == 3) {
                        // The third instance is not alone.
                        republisher().start();
                    }
                    instance.kill();
                }
                published = job(job).publishedCount();
            }
            assertThat(job(job).state()).as("seed %d", SEED).isEqualTo(Job.State.RUNNING);
            assertThat(published).as("seed %d", SEED).isBetween(3L, all.size() - 1L);
            holder.rollback();
        }

        RepublishJob end = endedPatiently(job);
        assertThat(end.state()).isEqualTo(Job.State.COMPLETED);
        assertThat(end.publishedCount()).isEqualTo(all.size());
        assertThat(end.pendingCount() + end.skippedCount() + end.failedCount()).isZero();
        assertThat(inTheOutbox()).as("seed %d", SEED).containsExactlyInAnyOrderElementsOf(all);
        assertThat(shop.outbox()).allMatch(row -> job.equals(row.republishId()));
    }

    private static void holdMore(Connection holder, String sql) throws Exception {
        try (var statement = holder.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void chunkOfAnInstanceThatIsKilledBeforeItsCommitIsDoneByAnother() throws Exception {
        List<String> all = aggregates(5 * CHUNK, CHUNK);
        republisher().stop();
        UUID job;
        try (Connection holder = holdingTheOutbox();
                ShopProcess instance = process("killed-in-its-chunk")) {
            job = republisher().start(List.of(), "test");
            awaitHeldChunk("killed-in-its-chunk");
            instance.kill();
            republisher().start();
            holder.rollback();
        }

        assertThat(endedPatiently(job).publishedCount()).isEqualTo(all.size());
        assertThat(inTheOutbox()).containsExactlyInAnyOrderElementsOf(all);
    }

    @Test
    void instanceThatStandsStillInAChunkLosesItAndWritesNothingAfterwards() throws Exception {
        List<String> all = aggregates(5 * CHUNK, 0);
        republisher().stop();
        try (ShopProcess instance = process("stands-still", "outbox.republish.idle-timeout=3s")) {
            UUID job;
            try (Connection holder = holdingTheOutbox()) {
                job = republisher().start(List.of("purchase"), "test");
                awaitHeldChunk("stands-still");
                instance.standStill();
                holder.rollback();
            }
            republisher().start();
            assertThat(endedPatiently(job).publishedCount()).isEqualTo(all.size());
            republisher().stop();
            instance.goOn();

            // Only this instance can do the next job, so it works again, and has met the end of its lost chunk.
            UUID next = republisher().start(List.of("purchase"), "test");
            assertThat(endedPatiently(next).publishedCount()).isEqualTo(all.size());
            List<String> twice = new ArrayList<>(all);
            twice.addAll(all);
            assertThat(inTheOutbox()).containsExactlyInAnyOrderElementsOf(twice);
            assertThat(shop.outbox().stream().filter(row -> job.equals(row.republishId())))
                    .hasSize(all.size());
        }
    }

    @Test
    void connectionThatEndsWhileAggregatesAreCountedDoesNotEndTheJob() throws Exception {
        List<String> all = aggregates(CHUNK, 0);
        UUID job;
        try (Connection holder = holding("lock table purchase in access exclusive mode")) {
            job = republisher().start(List.of("purchase"), "test");
            awaitWaiting(1, "select count(");
            shop.jdbc()
                    .sql("select pg_terminate_backend(pid) from pg_stat_activity"
                            + " where wait_event_type = 'Lock' and datname = 'republish'")
                    .query(Boolean.class)
                    .list();
            holder.rollback();
        }

        assertThat(endedPatiently(job).state()).isEqualTo(Job.State.COMPLETED);
        assertThat(inTheOutbox()).containsExactlyInAnyOrderElementsOf(all);
    }
}
