package dev.fullstate.outbox.republish;

import java.sql.Connection;
import java.sql.SQLException;
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

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.OptimisticLockingFailureException;

import dev.fullstate.outbox.shop.OutboxRow;
import dev.fullstate.outbox.shop.Purchase;
import dev.fullstate.outbox.shop.Seat;
import dev.fullstate.outbox.shop.ShopApplication;
import dev.fullstate.outbox.shop.Warehouse;
import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class RepublishIT {

    private static final int CHUNK = 3;

    static PostgresServer postgres;
    static ShopApplication shop;

    @BeforeAll
    static void start() throws SQLException {
        postgres = PostgresServer.start();
        shop = ShopApplication.start(
                postgres, "republish", "outbox.republish.chunk-size=" + CHUNK, "outbox.republish.poll-interval=100ms");
    }

    @AfterAll
    static void stop() {
        shop.close();
        postgres.close();
    }

    @BeforeEach
    void empty() {
        shop.jdbc()
                .sql("truncate purchase, line, purchase_notes, warehouse, shelf, box, shelf_boxes, permit, seat")
                .update();
        shop.forgetOutbox();
    }

    private static List<UUID> purchases(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> shop.<UUID>call(em -> {
                    Purchase purchase = new Purchase("r" + i, null);
                    purchase.add("apple", i);
                    em.persist(purchase);
                    return purchase.getPurchaseId();
                }))
                .toList();
    }

    private static RepublishJob republish(String... types) {
        Republisher republisher = shop.bean(Republisher.class);
        return ended(republisher.start(List.of(types), "test"));
    }

    private static RepublishJob ended(UUID id) {
        Republisher republisher = shop.bean(Republisher.class);
        return await().until(
                        () -> republisher.find(id).orElseThrow(), job -> job.state() != RepublishJob.State.RUNNING);
    }

    @Test
    void everyAggregateIsPublishedOnceMoreAsTheSameChange() {
        List<UUID> ids = purchases(2 * CHUNK + 1);
        shop.run(em -> em.find(Purchase.class, ids.get(0)).line("apple").setQuantity(99));

        RepublishJob job = republish("purchase");

        assertThat(job.state()).isEqualTo(RepublishJob.State.COMPLETED);
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
    void aggregateDeletedMeanwhileIsSkipped() throws Exception {
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
        assertThat(shop.outbox(id)).extracting(OutboxRow::republishId).containsExactly((UUID) null);
    }

    @Test
    void jobOfAnInstanceThatIsGoneIsFinishedByAnother() throws Exception {
        List<UUID> ids = purchases(2 * CHUNK);
        shop.forgetOutbox();
        UUID job = UUID.randomUUID();
        // What an instance leaves that dies after its first chunk.
        List<UUID> sorted = shop.jdbc()
                .sql("select purchase_id from purchase order by 1")
                .query(UUID.class)
                .list();
        shop.jdbc()
                .sql(
                        "insert into outbox_republish_job (id, state, aggregate_types, last_id, published_count, requested_by)"
                                + " values (?, 'RUNNING', array['purchase'], ?, ?, 'gone')")
                .params(job, sorted.get(CHUNK - 1).toString(), CHUNK)
                .update();

        assertThat(ended(job).publishedCount()).isEqualTo(ids.size());
        assertThat(shop.outbox())
                .extracting(OutboxRow::aggregateId)
                .containsExactlyInAnyOrderElementsOf(sorted.subList(CHUNK, 2 * CHUNK).stream()
                        .map(UUID::toString)
                        .toList());
    }

    @Test
    void jobForTypesThatThisInstanceDoesNotKnowIsLeftToOthers() {
        UUID unknown = UUID.randomUUID();
        shop.jdbc()
                .sql("insert into outbox_republish_job (id, state, aggregate_types, requested_by)"
                        + " values (?, 'RUNNING', array['purchase', 'of-the-next-version'], 'newer')")
                .param(unknown)
                .update();
        purchases(1);

        assertThat(republish("purchase").state()).isEqualTo(RepublishJob.State.COMPLETED);
        assertThat(shop.bean(Republisher.class).find(unknown).orElseThrow().state())
                .isEqualTo(RepublishJob.State.RUNNING);
        shop.jdbc()
                .sql("delete from outbox_republish_job where id = ?")
                .param(unknown)
                .update();
    }

    @Test
    void lastEventIsTheStateInTheDatabaseWhateverWritersDoMeanwhile() throws Exception {
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
            assertThat(job.state()).isEqualTo(RepublishJob.State.COMPLETED);
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
        assertThat(shop.outbox().size()).isGreaterThan(8 + (int) republished);
        for (UUID id : ids) {
            assertThat(shop.outbox(id)).extracting(OutboxRow::entityVersion).isSorted();
        }
    }
}
