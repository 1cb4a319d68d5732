package dev.fullstate.outbox.capture;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import jakarta.persistence.EntityManagerFactory;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.aggregate.AggregateResolver;
import dev.fullstate.outbox.rows.RootTable;
import dev.fullstate.outbox.session.RoundTrip;
import dev.fullstate.outbox.shop.Purchase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The statement that locks many roots of a type, while other transactions hold some of them. */
class ManyRootsAreLockedIT extends ShopTest {

    private static final int ROOTS = 8;
    private static final int WRITERS = 6;
    private static final int TRANSACTIONS_EACH = 60;

    static RootTable table;

    @BeforeAll
    static void lookUp() {
        SessionFactoryImplementor sessions =
                shop.bean(EntityManagerFactory.class).unwrap(SessionFactoryImplementor.class);
        table = AggregateResolver.resolve(sessions)
                .rootedAt(sessions.getMappingMetamodel().getEntityDescriptor(Purchase.class))
                .table();
    }

    @Test
    void eachLockedRowIsWaitedForAndRaisedFromItsNewVersion() throws Exception {
        List<UUID> ids = newPurchases(5);
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            Future<Map<Object, Long>> raised = shop.call(em -> {
                sql("update purchase set version = version + 10 where purchase_id = ?", ids.get(1));
                sql("update purchase set version = version + 20 where purchase_id = ?", ids.get(3));
                sql("delete from purchase_notes where purchase_purchase_id = ?", ids.get(4));
                sql("delete from line where purchase_purchase_id = ?", ids.get(4));
                sql("delete from purchase where purchase_id = ?", ids.get(4));
                Future<Map<Object, Long>> waiting = other.submit(() -> shop.call(em2 -> raise(ids)));
                await().until(() -> isTransactionWaiting());
                return waiting;
            });

            assertThat(raised.get(2, TimeUnit.MINUTES))
                    .isEqualTo(Map.of(ids.get(0), 1L, ids.get(1), 11L, ids.get(2), 1L, ids.get(3), 21L));
            assertThat(versions(ids)).isEqualTo(raised.get());
        } finally {
            other.shutdownNow();
        }
    }

    @Test
    void transactionsThatLockTheSameRootsNeitherFailEachOtherNorMissARow() throws Exception {
        List<UUID> ids = newPurchases(ROOTS);
        Map<UUID, Long> expected = new ConcurrentHashMap<>();
        ExecutorService writers = Executors.newFixedThreadPool(WRITERS);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int writer = 0; writer < WRITERS; writer++) {
                Random random = new Random(writer);
                running.add(writers.submit(() -> {
                    for (int i = 0; i < TRANSACTIONS_EACH; i++) {
                        List<UUID> some =
                                ids.stream().filter(id -> random.nextBoolean()).toList();
                        boolean rollback = random.nextInt(4) == 0;
                        shop.transaction().executeWithoutResult(status -> {
                            assertThat(raise(some)).hasSize(some.size());
                            if (rollback) {
                                status.setRollbackOnly();
                            } else {
                                some.forEach(id -> expected.merge(id, 1L, Long::sum));
                            }
                        });
                    }
                }));
            }
            for (Future<?> each : running) {
                each.get(5, TimeUnit.MINUTES);
            }
        } finally {
            writers.shutdownNow();
        }
        assertThat(versions(ids)).isEqualTo(expected);
    }

    /** Creates purchases; returns their ids in the order of the capture: that of their text. */
    private static List<UUID> newPurchases(int count) {
        List<UUID> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(newPurchase());
        }
        ids.sort(Comparator.comparing(UUID::toString));
        return ids;
    }

    private static Map<Object, Long> raise(List<UUID> ids) {
        SharedSessionContractImplementor session = shop.entityManager().unwrap(SharedSessionContractImplementor.class);
        Map<Object, Long> versions = new HashMap<>();
        RoundTrip trip = new RoundTrip(session, true);
        table.raiseVersions(trip, session, ids, (id, version) -> {
            if (version != null) {
                versions.put(id, version);
            }
        });
        trip.send();
        return versions;
    }

    private static void sql(String statement, UUID id) {
        shop.jdbc().sql(statement).param(id).update();
    }

    private static Map<UUID, Long> versions(List<UUID> ids) {
        return shop
                .jdbc()
                .sql("select purchase_id, version from purchase where purchase_id in (:ids)")
                .param("ids", ids)
                .query((row, number) -> Map.entry(row.getObject(1, UUID.class), row.getLong(2)))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static boolean isTransactionWaiting() {
        return shop.newTransaction()
                .execute(status -> shop.jdbc()
                        .sql("select exists (select from pg_locks where not granted)")
                        .query(Boolean.class)
                        .single());
    }
}
