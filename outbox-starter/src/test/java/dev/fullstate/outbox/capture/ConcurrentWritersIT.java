package dev.fullstate.outbox.capture;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;

import jakarta.persistence.EntityManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.dao.PessimisticLockingFailureException;

import dev.fullstate.outbox.shop.Line;
import dev.fullstate.outbox.shop.OutboxRow;
import dev.fullstate.outbox.shop.Purchase;
import dev.fullstate.outbox.shop.ShopApplication;
import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;

/** Whoever writes at the same time, the last event of an aggregate is what the database has of it. */
class ConcurrentWritersIT {

    private static final int WRITERS = 20;
    private static final int TRANSACTIONS_PER_WRITER = 50;
    private static final int PURCHASES = 10;
    private static final long SEED = 20260101;

    static PostgresServer postgres;
    static ShopApplication shop;

    @BeforeAll
    static void start() throws SQLException {
        postgres = PostgresServer.start();
        shop = ShopApplication.start(postgres, "writers");
    }

    @AfterAll
    static void stop() {
        shop.close();
        postgres.close();
    }

    @Test
    void lastEventOfEachAggregateIsTheStateInTheDatabase() throws Exception {
        List<UUID> ids = new ArrayList<>();
        for (int i = 0; i < PURCHASES; i++) {
            ids.add(shop.call(em -> {
                Purchase purchase = new Purchase("start", null);
                for (String product : List.of("a", "b", "c")) {
                    purchase.add(product, 1);
                }
                em.persist(purchase);
                return purchase.getPurchaseId();
            }));
        }
        AtomicInteger refused = new AtomicInteger();
        ExecutorService writers = Executors.newFixedThreadPool(WRITERS);
        List<Future<?>> running = new ArrayList<>();
        for (int writer = 0; writer < WRITERS; writer++) {
            Random random = new Random(SEED + writer);
            running.add(writers.submit(() -> {
                for (int i = 0; i < TRANSACTIONS_PER_WRITER; i++) {
                    try {
                        shop.run(em -> change(em, ids, random));
                    } catch (OptimisticLockingFailureException | PessimisticLockingFailureException e) {
                        refused.incrementAndGet();
                    }
                }
            }));
        }
        for (Future<?> each : running) {
            each.get();
        }
        writers.shutdown();

        for (UUID id : ids) {
            List<OutboxRow> rows = shop.outbox(id);
            OutboxRow last = rows.get(rows.size() - 1);
            assertThat(rows).extracting(OutboxRow::entityVersion).containsExactlyElementsOf(upTo(version(id)));
            assertThat(last.data().get("reference").asString()).isEqualTo(reference(id));
            assertThat(last.data()
                            .get("lines")
                            .valueStream()
                            .map(line -> line.get("product").asString() + "="
                                    + line.get("quantity").asInt())
                            .toList())
                    .containsExactlyInAnyOrderElementsOf(lines(id));
        }
        int attempted = WRITERS * TRANSACTIONS_PER_WRITER;
        System.out.println("seed " + SEED + ": " + attempted + " transactions, " + refused + " refused by the version");
        assertThat(shop.outbox()).hasSize(PURCHASES + attempted - refused.get());
        assertThat(refused.get()).isLessThan(attempted / 2);
    }

    /** Each changes something for sure: a part only, most of the time, without or with its root in the session. */
    private static void change(EntityManager em, List<UUID> ids, Random random) {
        UUID id = ids.get(random.nextInt(ids.size()));
        String product = List.of("a", "b", "c").get(random.nextInt(3));
        int next = random.nextInt(1, 1_000_000);
        switch (random.nextInt(5)) {
            case 0 -> {
                Line line = em.createQuery(
                                "from Line where purchase.id = :id and product = :product order by id", Line.class)
                        .setParameter("id", id)
                        .setParameter("product", product)
                        .setMaxResults(1)
                        .getSingleResult();
                line.setQuantity(next);
                // The part is older than its root from here on.
                assertThat(line.getPurchase().getReference()).isNotNull();
            }
            case 1 -> em.find(Purchase.class, id).setReference("r" + next);
            case 2 -> em.find(Purchase.class, id).add("x" + next, next);
            default -> em.find(Purchase.class, id).line(product).setQuantity(next);
        }
    }

    private static List<Long> upTo(long version) {
        return LongStream.rangeClosed(0, version).boxed().toList();
    }

    private static long version(UUID id) {
        return shop.jdbc()
                .sql("select version from purchase where purchase_id = ?")
                .param(id)
                .query(Long.class)
                .single();
    }

    private static String reference(UUID id) {
        return shop.jdbc()
                .sql("select reference from purchase where purchase_id = ?")
                .param(id)
                .query(String.class)
                .single();
    }

    private static List<String> lines(UUID id) {
        return shop.jdbc()
                .sql("select product || '=' || quantity from line where purchase_purchase_id = ?")
                .param(id)
                .query(String.class)
                .list();
    }
}
