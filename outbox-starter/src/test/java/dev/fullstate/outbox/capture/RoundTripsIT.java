package dev.fullstate.outbox.capture;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import jakarta.persistence.EntityManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.shop.CountedStatements;
import dev.fullstate.outbox.shop.Line;
import dev.fullstate.outbox.shop.Purchase;
import dev.fullstate.outbox.shop.ShopApplication;
import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The requests that capture adds to a transaction, counted between the pool and its users. A purchase has two collections. The commit
 * that the last of them has is one that Hibernate does not send.
 */
class RoundTripsIT {

    private static final String READ_ROOT = "select from purchase";
    private static final String READ_STATE = READ_ROOT + "; select from line; select from purchase_notes";
    private static final String LOCK_LINE = "lock line";
    private static final String LOCK_ROOTS = "lock (values";
    private static final String RAISE_VERSION_AND_READ = "update purchase returning; " + READ_STATE;
    private static final String WRITE_AND_COMMIT = "insert into \"public\".\"outbox\"; commit";

    static PostgresServer postgres;
    static ShopApplication captured;
    static ShopApplication bare;

    @BeforeAll
    static void start() throws Exception {
        postgres = SharedServers.postgres();
        captured = ShopApplication.startWith(CountedStatements.Counting.class, postgres, "captured");
        bare = ShopApplication.startWith(CountedStatements.Counting.class, postgres, "bare", "outbox.enabled=false");
    }

    @AfterAll
    static void stop() {
        bare.close();
        captured.close();
    }

    @Test
    void changedRootCostsOneRequestToReadItsStateAndOneThatCommits() {
        assertThat(addedBy(1, (em, ids) -> em.find(Purchase.class, ids.get(0)).setReference("changed")))
                .containsExactly(READ_STATE, WRITE_AND_COMMIT);
    }

    @Test
    void newRootCostsTheSame() {
        assertThat(addedBy(0, (em, ids) -> em.persist(new Purchase("new", null))))
                .containsExactly(READ_STATE, WRITE_AND_COMMIT);
    }

    @Test
    void changedPartWithoutAVersionCostsItsLockToo() {
        assertThat(addedBy(
                        1,
                        (em, ids) ->
                                em.find(Purchase.class, ids.get(0)).line("a").setQuantity(7)))
                .containsExactly(LOCK_LINE, RAISE_VERSION_AND_READ, WRITE_AND_COMMIT);
    }

    @Test
    void deletedRootCostsOneQueryAndTheInsert() {
        assertThat(addedBy(1, (em, ids) -> em.remove(em.find(Purchase.class, ids.get(0)))))
                .containsExactly(READ_ROOT, WRITE_AND_COMMIT);
    }

    @Test
    void manyRootsAreReadAndWrittenTogether() {
        assertThat(addedBy(
                        20,
                        (em, ids) ->
                                ids.forEach(id -> em.find(Purchase.class, id).setReference("all"))))
                .containsExactly(READ_STATE, WRITE_AND_COMMIT);
    }

    @Test
    void rootsFlushedBeforeTheCommitCostOneLockMore() {
        assertThat(addedBy(3, (em, ids) -> {
                    ids.forEach(id -> em.find(Purchase.class, id).setReference("flushed"));
                    em.flush();
                }))
                .containsExactly(LOCK_ROOTS, READ_STATE, WRITE_AND_COMMIT);
    }

    @Test
    void transactionThatChangesNothingCostsNoStatement() {
        assertThat(addedBy(
                        1,
                        (em, ids) ->
                                em.find(Purchase.class, ids.get(0)).line("a").getQuantity()))
                .isEmpty();
        assertThat(addedBy(
                        1, (em, ids) -> em.createQuery("from Line", Line.class).getResultList()))
                .isEmpty();
    }

    private interface Work {
        void accept(EntityManager em, List<UUID> ids);
    }

    /** Returns the requests that the same transaction does not send where nothing is captured. */
    private static List<String> addedBy(int purchases, Work work) {
        List<String> all = sentBy(captured, purchases, work);
        List<String> own = sentBy(bare, purchases, work);
        List<String> added = new ArrayList<>(all);
        own.forEach(added::remove);
        assertThat(all).containsSubsequence(own);
        return added;
    }

    private static List<String> sentBy(ShopApplication shop, int purchases, Work work) {
        List<UUID> ids = new ArrayList<>();
        for (int i = 0; i < purchases; i++) {
            ids.add(shop.call(em -> {
                Purchase purchase = new Purchase("ref", null);
                purchase.add("a", 1);
                purchase.add("b", 2);
                purchase.getNotes().add("note");
                em.persist(purchase);
                return purchase.getPurchaseId();
            }));
        }
        return shop.bean(CountedStatements.class).requests(() -> shop.run(em -> work.accept(em, ids)));
    }
}
