package dev.fullstate.outbox.capture;

import java.util.UUID;

import jakarta.persistence.EntityManager;
import org.junit.jupiter.api.Test;
import org.springframework.dao.OptimisticLockingFailureException;

import dev.fullstate.outbox.shop.Line;
import dev.fullstate.outbox.shop.Purchase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** A part without a version that another transaction has moved since it was loaded. */
class StalePartIT extends ShopTest {

    @Test
    void stalePartIsNotWrittenBackToItsFormerOwner() {
        UUID from = newPurchase();
        UUID to = newPurchase();

        assertThatExceptionOfType(OptimisticLockingFailureException.class)
                .isThrownBy(() -> shop.run(em -> {
                    Line apple = apple(em, from);
                    shop.newTransaction().executeWithoutResult(status -> move(shop.entityManager(), from, to));
                    apple.setQuantity(50);
                }))
                .withMessageContaining("moved it away from dev.fullstate.outbox.shop.Purchase " + from);

        assertThat(shop.outbox(to)).hasSize(1);
        assertThat(shop.outbox(to).get(0).data().get("pieces").asInt()).isEqualTo(5);
    }

    @Test
    void stalePartIsNotDeletedFromItsNewOwner() {
        UUID from = newPurchase();
        UUID to = newPurchase();

        assertThatExceptionOfType(OptimisticLockingFailureException.class)
                .isThrownBy(() -> shop.run(em -> {
                    Purchase purchase = purchase(em, from);
                    assertThat(purchase.getLines()).hasSize(2);
                    shop.newTransaction().executeWithoutResult(status -> move(shop.entityManager(), from, to));
                    purchase.remove("apple");
                }));

        assertThat(shop.outbox(to)).hasSize(1);
    }

    @Test
    void transactionsThatOnlyChangeDifferentPartsBothCommit() {
        UUID id = newPurchase();

        shop.run(em -> {
            Line apple = apple(em, id);
            shop.newTransaction()
                    .executeWithoutResult(status ->
                            purchase(shop.entityManager(), id).line("pear").setQuantity(30));
            apple.setQuantity(20);
        });

        assertThat(shop.outbox(id)).hasSize(2);
        assertThat(shop.outbox(id).get(1).data().get("pieces").asInt()).isEqualTo(50);
    }

    /** The owners that one transaction of a session has queried do not count in the next one. */
    @Test
    void ownerIsQueriedInEachTransactionOfASession() {
        UUID from = newPurchase();
        UUID to = newPurchase();

        try (LongSession session = LongSession.open(shop)) {
            Line apple = apple(session.entityManager(), from);
            shop.run(em -> apple.setQuantity(20));
            assertThatExceptionOfType(OptimisticLockingFailureException.class)
                    .isThrownBy(() -> shop.run(em -> {
                        shop.newTransaction().executeWithoutResult(status -> move(shop.entityManager(), from, to));
                        apple.setQuantity(50);
                    }))
                    .withMessageContaining("moved it away from dev.fullstate.outbox.shop.Purchase " + from);
        }
        assertThat(shop.outbox(to)).hasSize(1);
    }

    private static Line apple(EntityManager em, UUID purchase) {
        return em.createQuery("from Line where purchase.id = :id and product = 'apple'", Line.class)
                .setParameter("id", purchase)
                .getSingleResult();
    }

    private static void move(EntityManager em, UUID from, UUID to) {
        apple(em, from).moveTo(purchase(em, to));
    }
}
