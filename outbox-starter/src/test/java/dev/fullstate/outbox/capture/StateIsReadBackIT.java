package dev.fullstate.outbox.capture;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.Savepoint;
import java.time.Instant;
import java.util.UUID;

import jakarta.persistence.EntityManager;
import org.hibernate.FlushMode;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.engine.spi.TransactionCompletionCallbacks.BeforeCompletionCallback;
import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.shop.Line;
import dev.fullstate.outbox.shop.Purchase;

import static org.assertj.core.api.Assertions.assertThat;

/** The state of an event is the database's, even where the session's objects differ. */
class StateIsReadBackIT extends ShopTest {

    @Test
    void stateClearedFromTheSessionBeforeTheCommitIsPublishedAllTheSame() {
        UUID id = newPurchase();

        shop.run(em -> {
            purchase(em, id).line("apple").setQuantity(9);
            em.flush();
            em.clear();
        });

        assertThat(onlyRow().data().get("pieces").asInt()).isEqualTo(10);
    }

    @Test
    void partLoadedBeforeItsRootAndChangedElsewhereIsPublishedAsItWasCommitted() {
        UUID id = newPurchase();
        Long lineId = shop.call(em -> purchase(em, id).line("apple").getId());

        shop.run(em -> {
            Line stale = em.find(Line.class, lineId);
            inAnotherTransaction(id, "apple", 50);
            purchase(em, id).setReference("newer than the line");
            assertThat(stale.getQuantity()).isEqualTo(2);
        });

        assertThat(shop.outbox())
                .extracting(row -> row.data().get("pieces").asInt())
                .containsExactly(51, 51);
    }

    @Test
    void rootRefreshedAfterItsPartsIsPublishedWithThePartsAsTheyWereCommitted() {
        UUID id = newPurchase();

        shop.run(em -> {
            Purchase purchase = purchase(em, id);
            assertThat(purchase.line("apple").getQuantity()).isEqualTo(2);
            inAnotherTransaction(id, "apple", 50);
            em.detach(purchase);
            purchase(em, id).setReference("newer than the line");
        });

        assertThat(shop.outbox())
                .extracting(row -> row.data().get("pieces").asInt())
                .containsExactly(51, 51);
    }

    @Test
    void partThatTheCollectionInMemoryDoesNotKnowIsPublishedAllTheSame() {
        UUID id = newPurchase();

        shop.run(em -> {
            Purchase purchase = purchase(em, id);
            assertThat(purchase.getLines()).hasSize(2);
            em.persist(new Line(purchase, "fig", 10));
        });

        assertThat(onlyRow().data().get("pieces").asInt()).isEqualTo(13);
    }

    @Test
    void partMovedInOneTransactionIsInItsNewRootInTheNextOneOfTheSameSession() {
        UUID from = newPurchase();
        UUID to = newPurchase();
        try (EntityManager em = shop.bean(SessionFactory.class).createEntityManager()) {
            em.getTransaction().begin();
            Purchase target = purchase(em, to);
            assertThat(target.getLines()).hasSize(2);
            purchase(em, from).line("apple").moveTo(target);
            em.getTransaction().commit();
            em.getTransaction().begin();
            target.setReference("again");
            em.getTransaction().commit();
        }

        assertThat(shop.outbox(to))
                .extracting(row -> row.data().get("pieces").asInt())
                .containsExactly(5, 5);
    }

    @Test
    void collectionThatAQueryLoadedInPartIsPublishedInFull() {
        UUID id = newPurchase();

        shop.run(em -> {
            Purchase purchase = em.createQuery(
                            "from Purchase p join fetch p.lines l where p.purchaseId = :id and l.quantity > 1",
                            Purchase.class)
                    .setParameter("id", id)
                    .getSingleResult();
            assertThat(purchase.getLines()).hasSize(1);
            purchase.setReference("seen in part");
        });

        assertThat(onlyRow().data().get("pieces").asInt()).isEqualTo(3);
    }

    @Test
    void changeInMemoryThatIsNeverWrittenIsNotPublished() {
        UUID id = newPurchase();

        shop.run(em -> {
            em.unwrap(Session.class).setHibernateFlushMode(FlushMode.MANUAL);
            Purchase purchase = purchase(em, id);
            purchase.setReference("flushed");
            em.flush();
            purchase.setReference("never written");
        });

        assertThat(onlyRow().data().get("reference").asString()).isEqualTo("flushed");
    }

    @Test
    void stateAfterASqlStatementIsThatOfTheDatabase() {
        UUID id = newPurchase();

        shop.run(em -> {
            Purchase purchase = purchase(em, id);
            assertThat(purchase.line("apple").getQuantity()).isEqualTo(2);
            em.createNativeQuery("update line set quantity = 50 where purchase_purchase_id = :id and product = 'apple'")
                    .setParameter("id", id)
                    .executeUpdate();
            purchase.setReference("beside a SQL statement");
        });

        assertThat(onlyRow().data().get("pieces").asInt()).isEqualTo(51);
    }

    @Test
    void changesUndoneByARollbackToASavepointAreNotPublished() {
        UUID kept = newPurchase();
        UUID takenBack = newPurchase();
        UUID broughtBack = newPurchase();

        shop.run(em -> {
            purchase(em, kept).setReference("kept");
            em.flush();
            Session session = em.unwrap(Session.class);
            Savepoint savepoint = session.doReturningWork(Connection::setSavepoint);
            purchase(em, takenBack).setReference("taken back");
            em.remove(purchase(em, broughtBack));
            em.persist(new Purchase("ghost", null));
            em.flush();
            session.doWork(connection -> connection.rollback(savepoint));
            em.clear();
        });

        assertThat(onlyRow().aggregateId()).isEqualTo(kept.toString());
    }

    @Test
    void partChangedAfterARollbackToASavepointPublishesItsRootUnderANewVersion() {
        UUID id = newPurchase();

        shop.run(em -> {
            Session session = em.unwrap(Session.class);
            Savepoint savepoint = session.doReturningWork(Connection::setSavepoint);
            purchase(em, id).setReference("taken back");
            em.flush();
            session.doWork(connection -> connection.rollback(savepoint));
            em.clear();
            purchase(em, id).line("apple").setQuantity(6);
        });

        assertThat(onlyRow().entityVersion()).isEqualTo(1);
        assertThat(onlyRow().data().get("pieces").asInt()).isEqualTo(7);
        assertThat(onlyRow().data().get("reference").asString()).isEqualTo("ref");
    }

    @Test
    void changesByOtherCallbacksBeforeTheCommitBelongToTheSameEvent() {
        UUID id = newPurchase();

        shop.run(em -> {
            Purchase purchase = purchase(em, id);
            purchase.setReference("first");
            em.flush();
            SessionImplementor session = em.unwrap(SessionImplementor.class);
            session.getTransactionCompletionCallbacks().registerCallback((BeforeCompletionCallback) completing -> {
                purchase.line("apple").setQuantity(20);
                session.flush();
            });
        });

        assertThat(onlyRow().data().get("pieces").asInt()).isEqualTo(21);
    }

    @Test
    void valuesArePublishedAsTheDatabaseStoresThem() {
        UUID id = newPurchase();

        shop.run(em -> {
            purchase(em, id).setDeposit(new BigDecimal("1E+1"));
            purchase(em, id).setPlacedAt(Instant.parse("2026-01-01T00:00:00.123456789Z"));
        });
        String live = onlyRow().payload();
        shop.forgetOutbox();
        shop.run(em -> purchase(em, id).getNotes().add("read again"));

        assertThat(live).contains("\"deposit\":10.00", "\"placedAt\":\"2026-01-01T00:00:00.123457Z\"");
        assertThat(onlyRow().payload()).isEqualTo(live.replace("[\"call first\"]", "[\"call first\",\"read again\"]"));
    }

    private static void inAnotherTransaction(UUID id, String product, int quantity) {
        shop.newTransaction()
                .executeWithoutResult(status ->
                        purchase(shop.entityManager(), id).line(product).setQuantity(quantity));
    }
}
