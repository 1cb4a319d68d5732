package dev.fullstate.outbox.jobs;

import java.sql.Connection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.jobs.Job.ActionTaken;
import dev.fullstate.outbox.jobs.Job.State;
import dev.fullstate.outbox.republish.RepublishConflictException;
import dev.fullstate.outbox.republish.RepublishJob;
import dev.fullstate.outbox.republish.RepublishRequest;
import dev.fullstate.outbox.republish.RepublishTest;
import dev.fullstate.outbox.shop.Seat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.awaitility.Awaitility.await;

/** Jobs that are paused, resumed, cancelled or started twice. */
class JobControlIT extends RepublishTest {

    private static final RepublishRequest PURCHASES = RepublishRequest.ofTypes(List.of("purchase"));

    /** Starts a job and, in the middle of its first chunk, makes a call that must wait for the end of that chunk. */
    private static RepublishJob inTheFirstChunk(Function<UUID, RepublishJob> control) throws Exception {
        UUID job;
        CompletableFuture<RepublishJob> answer;
        try (Connection holder = holdingTheOutbox()) {
            job = republisher().start(PURCHASES, "test");
            awaitWaiting(1, "\"outbox\" (");
            answer = CompletableFuture.supplyAsync(() -> control.apply(job));
            awaitWaiting(1, "\"outbox_job_slice\" where job_id");
            assertThat(answer).isNotDone();
            holder.rollback();
        }
        return answer.join();
    }

    /** Lets the threads that work on jobs find other work, and do it. */
    private static void runAnotherJob() {
        shop.run(em -> em.persist(new Seat("z", 1)));
        assertThat(ended(RepublishRequest.ofTypes(List.of("seat"))).publishedCount())
                .isEqualTo(1);
    }

    private static long publishedPurchases() {
        return shop.outbox().stream()
                .filter(row -> row.aggregateType().equals("purchase"))
                .count();
    }

    @Test
    void pausedJobWritesNothingAfterTheAnswerAndGoesOnWhereItWas() throws Exception {
        List<UUID> ids = purchases(3 * CHUNK);

        RepublishJob paused =
                inTheFirstChunk(id -> republisher().pause(id, "bob").orElseThrow());
        assertThat(paused.state()).isEqualTo(State.PAUSED);
        assertThat(paused.publishedCount()).isEqualTo(CHUNK);
        runAnotherJob();
        assertThat(publishedPurchases()).isEqualTo(CHUNK);

        republisher().resume(paused.id(), "eve");
        RepublishJob end = ended(paused.id());
        assertThat(end.state()).isEqualTo(State.COMPLETED);
        assertThat(publishedPurchases()).isEqualTo(ids.size());
        assertThat(publishedIds()).containsAll(texts(ids));
        assertThat(end.actions()).extracting(ActionTaken::action).containsExactly("start", "pause", "resume");
        assertThat(end.actions()).extracting(ActionTaken::actor).containsExactly("test", "bob", "eve");
        assertThat(end.actions()).extracting(ActionTaken::at).isSorted();
    }

    @Test
    void cancelledJobWritesNothingAfterTheAnswer() throws Exception {
        purchases(3 * CHUNK);

        RepublishJob cancelled =
                inTheFirstChunk(id -> republisher().cancel(id, "bob").orElseThrow());
        runAnotherJob();

        assertThat(cancelled.state()).isEqualTo(State.CANCELLED);
        assertThat(cancelled.finishedAt()).isNotNull();
        assertThat(publishedPurchases()).isEqualTo(CHUNK);
        assertThat(job(cancelled.id()).state()).isEqualTo(State.CANCELLED);
    }

    @Test
    void cancelledJobKeepsNoItems() throws Exception {
        purchases(CHUNK);
        try (Connection writer = holding("select 1 from purchase for update")) {
            UUID job = republisher().start(PURCHASES, "test");
            await().until(() -> job(job).pendingCount() == CHUNK);

            assertThat(republisher().cancel(job, "bob").orElseThrow().publishedCount())
                    .isZero();

            assertThat(shop.jdbc()
                            .sql("select count(*) from outbox_job_item")
                            .query(Integer.class)
                            .single())
                    .isZero();
            writer.rollback();
        }
    }

    @Test
    void changeThatTheStateDoesNotAllowIsRefusedAndNotNoted() {
        purchases(1);
        UUID job = ended(PURCHASES).id();

        for (var control : List.<Runnable>of(
                () -> republisher().pause(job, "bob"),
                () -> republisher().resume(job, "bob"),
                () -> republisher().cancel(job, "bob"))) {
            assertThatThrownBy(control::run)
                    .hasMessageContaining(job + " is COMPLETED")
                    .asInstanceOf(type(RepublishConflictException.class))
                    .extracting(e -> e.job().state())
                    .isEqualTo(State.COMPLETED);
        }
        assertThat(job(job).actions()).extracting(ActionTaken::action).containsExactly("start");
    }

    @Test
    void unknownJobCannotBeChanged() {
        assertThat(republisher().pause(UUID.randomUUID(), "bob")).isEmpty();
        assertThat(republisher().find(UUID.randomUUID())).isEmpty();
    }

    @Test
    void jobThatRunsAlreadyIsNotStartedAgain() throws Exception {
        List<UUID> ids = purchases(2);
        RepublishRequest first = RepublishRequest.ofIds("purchase", texts(ids.subList(0, 1)));
        RepublishRequest dryRun = new RepublishRequest(List.of("purchase"), null, null, null, true, false);
        try (Connection writer = holding("select 1 from purchase for update")) {
            UUID all = republisher().start(PURCHASES, "test");
            UUID named = republisher().start(first, "test");

            assertConflict(PURCHASES, all);
            assertConflict(RepublishRequest.ofTypes(List.of()), all);
            assertConflict(first, named);
            assertThat(republisher().start(RepublishRequest.ofTypes(List.of("seat")), "test"))
                    .isNotEqualTo(all);
            assertThat(republisher().start(RepublishRequest.ofIds("purchase", texts(ids)), "test"))
                    .isNotEqualTo(named);
            assertThat(ended(dryRun).state()).isEqualTo(State.COMPLETED);
            writer.rollback();
            ended(all);
        }
        assertThat(ended(PURCHASES).state()).isEqualTo(State.COMPLETED);
    }

    private static void assertConflict(RepublishRequest request, UUID with) {
        assertThatThrownBy(() -> republisher().start(request, "test"))
                .asInstanceOf(type(RepublishConflictException.class))
                .extracting(e -> e.job().id())
                .isEqualTo(with);
    }

    @Test
    void oneOfTwoSimultaneousStartsIsRefused() throws Exception {
        purchases(1);
        List<CompletableFuture<Boolean>> starts;
        try (Connection writer = holding("select 1 from purchase for update");
                Connection starter = holding("lock table outbox_job in share row exclusive mode")) {
            starts = List.of(
                    CompletableFuture.supplyAsync(JobControlIT::tryToStart),
                    CompletableFuture.supplyAsync(JobControlIT::tryToStart));
            awaitWaiting(2, "\"outbox_job\" in share");
            starter.rollback();
            assertThat(starts).extracting(CompletableFuture::join).containsExactlyInAnyOrder(true, false);
            writer.rollback();
        }
    }

    private static boolean tryToStart() {
        try {
            republisher().start(PURCHASES, "test");
            return true;
        } catch (RepublishConflictException e) {
            return false;
        }
    }

    @Test
    void historyHasTheLatestHundredTheNewestFirst() {
        shop.jdbc()
                .sql(
                        "insert into outbox_job (id, kind, state, requested_by, created_at)"
                                + " select gen_random_uuid(), 'republish', 'COMPLETED', 'n' || n, now() - n * interval '1 day' from generate_series(1, 120) n")
                .update();
        UUID newest = ended(RepublishRequest.ofTypes(List.of("seat"))).id();

        List<RepublishJob> latest = republisher().latest();

        assertThat(latest).hasSize(100);
        assertThat(latest.get(0)).isEqualTo(job(newest));
        assertThat(latest.get(1).requestedBy()).isEqualTo("n1");
        assertThat(latest.get(99).requestedBy()).isEqualTo("n99");
    }

    @Test
    void jobOfAnotherKindIsNeitherShownNorRun() {
        UUID other = UUID.randomUUID();
        shop.jdbc()
                .sql("insert into outbox_job (id, kind, requested_by) values (?, 'other', 'test')")
                .param(other)
                .update();
        shop.jdbc()
                .sql("insert into outbox_job_slice (job_id, aggregate_type) values (?, 'purchase')")
                .param(other)
                .update();

        assertThat(ended(PURCHASES).state()).isEqualTo(State.COMPLETED);

        assertThat(republisher().find(other)).isEmpty();
        assertThat(republisher().cancel(other, "test")).isEmpty();
        assertThat(republisher().latest()).extracting(RepublishJob::id).doesNotContain(other);
        assertThat(shop.jdbc()
                        .sql(
                                "select state || ' ' || pass from outbox_job join outbox_job_slice on job_id = id where id = ?")
                        .param(other)
                        .query(String.class)
                        .single())
                .isEqualTo("QUEUED COUNT");
        assertThat(shop.jdbc()
                        .sql("select count(*) from outbox_relay_job where id = ?")
                        .param(other)
                        .query(Integer.class)
                        .single())
                .isZero();
    }

    @Test
    void jobShowsItsProgress() throws Exception {
        List<UUID> ids = purchases(CHUNK + 1);
        RepublishJob now;
        try (Connection writer =
                holding("select 1 from purchase where purchase_id = '" + ids.get(0) + "' for update")) {
            UUID job = republisher().start(PURCHASES, "test");
            now = await().until(() -> job(job), each -> each.pendingCount() + each.publishedCount() == ids.size());
            writer.rollback();
            ended(job);
        }

        assertThat(now.state()).isEqualTo(State.RUNNING);
        assertThat(now.types()).containsExactly(new RepublishJob.TypeProgress("purchase", CHUNK + 1L, CHUNK, 1, 0, 0));
        assertThat(now.rate()).isPositive();
        assertThat(now.estimatedEnd()).isAfter(now.startedAt());
        assertThat(now.startedAt()).isAfterOrEqualTo(now.createdAt());
        assertThat(now.finishedAt()).isNull();
        RepublishJob end = job(now.id());
        assertThat(end.types())
                .containsExactly(new RepublishJob.TypeProgress("purchase", CHUNK + 1L, CHUNK + 1, 0, 0, 0));
        assertThat(end.estimatedEnd()).isNull();
        assertThat(end.rate()).isPositive();
        assertThat(end.finishedAt()).isAfter(now.startedAt());
    }
}
