package dev.fullstate.outbox.republish;

import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.springframework.dao.OptimisticLockingFailureException;

import dev.fullstate.outbox.jobs.Job;
import dev.fullstate.outbox.shop.OutboxRow;
import dev.fullstate.outbox.shop.Purchase;
import dev.fullstate.outbox.shop.Seat;
import dev.fullstate.outbox.shop.ShopApplication;
import dev.fullstate.outbox.shop.Warehouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class RepublishIT extends RepublishTest {

    private static RepublishJob republish(String... types) {
        return ended(RepublishRequest.ofTypes(List.of(types)));
    }

    @Test
    void everyAggregateIsPublishedOnceMoreAsTheSameChange() {
        List<UUID> ids = purchases(2 * CHUNK + 1);
        ids.forEach(
                id -> shop.run(em -> em.find(Purchase.class, id).line("apple").setQuantity(99)));

        RepublishJob job = republish("purchase");

        assertThat(job.state()).isEqualTo(Job.State.COMPLETED);
        assertThat(job.publishedCount()).isEqualTo(ids.size());
        assertThat(job.requestedBy()).isEqualTo("test");
        for (UUID id : ids) {
            List<OutboxRow> rows = shop.outbox(id);
            OutboxRow again = rows.get(rows.size() - 1);
            OutboxRow live = rows.get(rows.size() - 2);
            assertThat(again.republishId()).isEqualTo(job.id());
            assertThat(again.operation()).isEqualTo("update");
            assertThat(again.id()).isNotEqualTo(live.id());
            assertThat(again.changeId()).isEqualTo(live.changeId());
            assertThat(again.entityVersion()).isEqualTo(live.entityVersion());
            assertThat(again.payload()).isEqualTo(live.payload());
            assertThat(again.time()).isNull();
        }
    }

    @Test
    void everyTypeIsRepublishedWhenNoneIsNamed() {
        purchases(1);
        shop.run(em -> em.persist(new Warehouse(1, "north")));
        IntStream.range(0, 2 * CHUNK)
                .forEach(number -> shop.run(em -> em.persist(new Seat("a:" + number % 2, number))));
        shop.forgetOutbox();

        RepublishJob job = republish();

        assertThat(job.aggregateTypes()).containsExactly("depot", "purchase", "seat");
        assertThat(shop.outbox())
                .extracting(OutboxRow::aggregateType)
                .hasSize(2 + 2 * CHUNK)
                .contains("depot", "purchase");
        assertThat(shop.outbox())
                .extracting(OutboxRow::aggregateId)
                .contains("a%3A0:0", "a%3A1:5")
                .doesNotHaveDuplicates();
    }

    @Test
    void unknownTypeStartsNothing() {
        assertThatThrownBy(() -> shop.bean(Republisher.class).start(List.of("purchase", "nonsense"), "test"))
                .isInstanceOf(UnknownAggregateTypeException.class)
                .hasMessage("Unknown aggregate type 'nonsense'; captured are [depot, purchase, seat]");
    }

    @Test
    void aggregateLockedByLiveTrafficIsRepublishedInTheSecondPassWithItsNewState() throws Exception {
        List<UUID> ids = purchases(2);
        UUID job;
        try (Connection writer = postgres.connect("republish");
                Statement statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            statement.execute("update purchase set version = version + 1, reference = 'held' where purchase_id = '"
                    + ids.get(0) + "'");
            job = shop.bean(Republisher.class).start(List.of("purchase"), "test");
            await().until(() ->
                    shop.bean(Republisher.class).find(job).orElseThrow().publishedCount() == 1);
            assertThat(shop.bean(Republisher.class).find(job).orElseThrow().pendingCount())
                    .isEqualTo(1);
            writer.commit();
        }

        assertThat(ended(job).publishedCount()).isEqualTo(2);
        List<OutboxRow> rows = shop.outbox(ids.get(0));
        assertThat(rows.get(rows.size() - 1).data().get("reference").asString()).isEqualTo("held");
    }

    @Test
    void aggregateDeletedBeforeItsTurnIsSkipped() throws Exception {
        UUID id = purchases(1).get(0);
        UUID job;
        try (Connection writer = postgres.connect("republish");
                Statement statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            statement.execute("delete from line");
            statement.execute("delete from purchase where purchase_id = '" + id + "'");
            job = shop.bean(Republisher.class).start(List.of("purchase"), "test");
            await().until(() ->
                    shop.bean(Republisher.class).find(job).orElseThrow().pendingCount() == 1);
            writer.commit();
        }

        RepublishJob end = ended(job);
        assertThat(end.publishedCount()).isZero();
        assertThat(end.skippedCount()).isEqualTo(1);
        assertThat(shop.outbox()).isEmpty();
    }

    /** Writes the rows of a job whose instance died after its first chunk, in which it could not lock one aggregate. */
    private static UUID leftBehind(String type, List<UUID> ids) {
        UUID job = UUID.randomUUID();
        // At once, since other instances look for work all the time.
        shop.run(em -> {
            shop.jdbc()
                    .sql("insert into outbox_job (id, kind, state, requested_by)"
                            + " values (?, 'republish', 'RUNNING', 'gone')")
                    .param(job)
                    .update();
            shop.jdbc()
                    .sql("insert into outbox_job_slice (job_id, aggregate_type, pass, last_id, total_count, done_count,"
                            + " pending_count) values (?, ?, 'SCAN', ?, ?, ?, 1)")
                    .params(job, type, ids.get(CHUNK - 1).toString(), ids.size(), CHUNK - 1)
                    .update();
            shop.jdbc()
                    .sql("insert into outbox_job_item (job_id, aggregate_type, aggregate_id, pass)"
                            + " values (?, ?, ?, 'CONTENDED')")
                    .params(job, type, ids.get(0).toString())
                    .update();
        });
        return job;
    }

    @Test
    void jobOfADeadInstanceIsFinishedByAnother() {
        List<UUID> ids = purchases(2 * CHUNK);

        RepublishJob end = ended(leftBehind("purchase", ids));

        assertThat(end.publishedCount()).isEqualTo(ids.size());
        assertThat(end.pendingCount()).isZero();
        List<String> left = new ArrayList<>(texts(ids.subList(CHUNK, 2 * CHUNK)));
        left.add(ids.get(0).toString());
        assertThat(publishedIds()).containsExactlyInAnyOrderElementsOf(left);
    }

    @Test
    void jobForTypesThatThisInstanceDoesNotKnowIsLeftToOthers() {
        List<UUID> ids = purchases(CHUNK);
        UUID unknown = leftBehind("of-the-next-version", ids);

        assertThat(republish("purchase").state()).isEqualTo(Job.State.COMPLETED);
        assertThat(job(unknown).state()).isEqualTo(Job.State.RUNNING);
        assertThat(job(unknown).pendingCount()).isEqualTo(1);
    }

    @Test
    void chunkWhoseConnectionIsKilledLeavesNothingAndIsDoneAgain() throws Exception {
        List<UUID> ids = purchases(2 * CHUNK + 1);
        UUID job;
        try (Connection holder = holdingTheOutbox()) {
            job = republisher().start(List.of("purchase"), "test");
            awaitWaiting(1, "\"outbox\" (");
            shop.jdbc()
                    .sql("select pg_terminate_backend(pid) from pg_stat_activity"
                            + " where wait_event_type = 'Lock' and query ilike '%\"outbox\" (%'")
                    .query(Boolean.class)
                    .list();
            holder.rollback();
        }

        assertThat(ended(job).publishedCount()).isEqualTo(ids.size());
        assertThat(publishedIds()).containsExactlyInAnyOrderElementsOf(texts(ids));
    }

    @Test
    void severalInstancesShareAJobWithoutAGapOrARepeat() {
        List<UUID> ids = purchases(10 * CHUNK);
        try (ShopApplication other = ShopApplication.startAgain(postgres, "republish", OPTIONS)) {
            RepublishJob end = republish("purchase", "depot");

            assertThat(other.bean(Republisher.class).isRunning()).isTrue();
            assertThat(end.publishedCount()).isEqualTo(ids.size());
        }
        assertThat(publishedIds()).containsExactlyInAnyOrderElementsOf(texts(ids));
    }

    @Test
    void typesAreRepublishedSideBySide() throws Exception {
        List<UUID> ids = purchases(3 * CHUNK);
        shop.run(em -> em.persist(new Seat("a", 1)));
        try (ShopApplication patient = ShopApplication.startAgain(
                        postgres, "republish", "outbox.republish.chunk-size=1", "outbox.republish.lock-timeout=5m");
                Connection writer = holding("update seat set version = version + 1")) {
            shop.bean(Republisher.class).stop();
            UUID job = patient.bean(Republisher.class).start(List.of(), "test");

            // The seat's slice has its turn beside those of the purchases, before or after their end.
            await().until(() -> job(job).publishedCount() == ids.size() && job(job).pendingCount() == 1);
            writer.commit();
            assertThat(ended(job).publishedCount()).isEqualTo(ids.size() + 1);
        } finally {
            shop.bean(Republisher.class).start();
        }
    }

    @Test
    void aggregateThatStaysLockedIsTriedAgainAfterTheOthers() throws Exception {
        List<UUID> ids = purchases(CHUNK);
        UUID job;
        try (Connection first = holding("select 1 from purchase where purchase_id = '" + ids.get(0) + "' for update");
                Connection last =
                        holding("select 1 from purchase where purchase_id = '" + ids.get(2) + "' for update")) {
            job = republisher().start(List.of("purchase"), "test");
            await().until(() -> job(job).pendingCount() == 2);
            last.rollback();
            // The first one in order is still locked, and does not keep the last one from its turn.
            await().until(() -> job(job).publishedCount() == 2);
            first.rollback();
        }
        assertThat(ended(job).publishedCount()).isEqualTo(CHUNK);
        assertThat(publishedIds()).containsExactlyInAnyOrderElementsOf(texts(ids));
    }

    @Test
    void consumersTableIsTheSameAfterTwoRepublishes() {
        List<UUID> ids = purchases(2 * CHUNK);
        shop.run(em -> em.persist(new Seat("a", 1)));
        shop.run(em -> em.find(Purchase.class, ids.get(1)).line("apple").setQuantity(7));
        shop.jdbc()
                .sql("create table if not exists reporting (key text primary key, sequence bigint, state text)")
                .update();
        republish();
        consume();
        List<String> once = reporting();

        republish();
        consume();

        assertThat(once).hasSize(ids.size() + 1);
        assertThat(reporting()).isEqualTo(once);
    }

    /** Applies all events from the beginning, each if its sequence is higher. */
    private static void consume() {
        shop.outbox()
                .forEach(row -> shop.jdbc()
                        .sql(
                                "insert into reporting as r values (?, ?, ?) on conflict (key) do update"
                                        + " set sequence = excluded.sequence, state = excluded.state where r.sequence < excluded.sequence")
                        .params(row.aggregateType() + " " + row.aggregateId(), row.seq(), row.payload())
                        .update());
    }

    private static List<String> reporting() {
        return shop.jdbc()
                .sql("select key || ' ' || state from reporting order by key")
                .query(String.class)
                .list();
    }

    @Test
    void lastEventIsTheStateInTheDatabaseDespiteConcurrentWriters() throws Exception {
        List<UUID> ids = purchases(8);
        AtomicBoolean writing = new AtomicBoolean(true);
        ExecutorService writers = Executors.newFixedThreadPool(4);
        List<Future<?>> running = new ArrayList<>();
        for (int writer = 0; writer < 4; writer++) {
            Random random = new Random(42 + writer);
            running.add(writers.submit(() -> {
                while (writing.get()) {
                    try {
                        shop.run(em -> em.find(Purchase.class, ids.get(random.nextInt(ids.size())))
                                .line("apple")
                                .setQuantity(random.nextInt(1_000_000)));
                    } catch (OptimisticLockingFailureException e) {
                        assertThat(e).isNotNull();
                    }
                }
            }));
        }
        long republished = 0;
        for (int round = 0; round < 10; round++) {
            RepublishJob job = republish("purchase");
            assertThat(job.state()).isEqualTo(Job.State.COMPLETED);
            assertThat(job.publishedCount()).isEqualTo(ids.size());
            republished += job.publishedCount();
        }
        writing.set(false);
        for (Future<?> each : running) {
            each.get();
        }
        writers.shutdown();

        Map<String, OutboxRow> last = new HashMap<>();
        shop.outbox().forEach(row -> last.put(row.aggregateId(), row));
        for (UUID id : ids) {
            OutboxRow row = last.get(id.toString());
            assertThat(row.data().get("pieces").asInt())
                    .isEqualTo(shop.jdbc()
                            .sql("select sum(quantity) from line where purchase_purchase_id = ?")
                            .param(id)
                            .query(Integer.class)
                            .single());
        }
        assertThat(shop.outbox().stream().filter(row -> row.republishId() != null))
                .hasSize((int) republished);
        assertThat(shop.outbox().size()).isGreaterThan((int) republished);
        for (UUID id : ids) {
            assertThat(shop.outbox(id)).extracting(OutboxRow::entityVersion).isSorted();
        }
    }
}
