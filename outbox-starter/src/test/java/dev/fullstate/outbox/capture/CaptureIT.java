package dev.fullstate.outbox.capture;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.UUID;

import jakarta.persistence.EntityManager;
import org.hibernate.FlushMode;
import org.hibernate.Hibernate;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.engine.spi.TransactionCompletionCallbacks.BeforeCompletionCallback;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.OutboxException;
import dev.fullstate.outbox.shop.Address;
import dev.fullstate.outbox.shop.Box;
import dev.fullstate.outbox.shop.Buyer;
import dev.fullstate.outbox.shop.Line;
import dev.fullstate.outbox.shop.OutboxRow;
import dev.fullstate.outbox.shop.Permit;
import dev.fullstate.outbox.shop.Purchase;
import dev.fullstate.outbox.shop.Seat;
import dev.fullstate.outbox.shop.Shelf;
import dev.fullstate.outbox.shop.ShopApplication;
import dev.fullstate.outbox.shop.Warehouse;
import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CaptureIT {

    static PostgresServer postgres;
    static ShopApplication shop;

    @BeforeAll
    static void start() throws SQLException {
        postgres = PostgresServer.start();
        shop = ShopApplication.start(postgres, "capture");
        shop.run(em -> em.persist(new Buyer("b1", "Ada")));
    }

    @AfterAll
    static void stop() {
        shop.close();
        postgres.close();
    }

    @BeforeEach
    void forget() {
        shop.forgetOutbox();
    }

    private UUID newPurchase() {
        UUID id = shop.call(em -> {
            Purchase purchase = new Purchase("ref", em.getReference(Buyer.class, "b1"));
            purchase.add("apple", 2);
            purchase.add("pear", 1);
            purchase.getNotes().add("call first");
            em.persist(purchase);
            return purchase.getPurchaseId();
        });
        shop.forgetOutbox();
        return id;
    }

    private OutboxRow onlyRow() {
        List<OutboxRow> rows = shop.outbox();
        assertThat(rows).hasSize(1);
        return rows.get(0);
    }

    private static Purchase purchase(EntityManager em, UUID id) {
        return em.find(Purchase.class, id);
    }

    @Test
    void creationIsOneEventWithTheWholeState() {
        UUID id = shop.call(em -> {
            Purchase purchase = new Purchase("ref", em.getReference(Buyer.class, "b1"));
            purchase.add("apple", 2);
            purchase.getNotes().add("call first");
            em.persist(purchase);
            return purchase.getPurchaseId();
        });

        OutboxRow row = onlyRow();
        Long lineId = row.data().get("lines").get(0).get("id").asLong();
        assertThat(row.payload())
                .isEqualTo("{\"purchaseId\":\"" + id + "\",\"reference\":\"ref\",\"buyerId\":\"b1\","
                        + "\"address\":{\"street\":\"Main St\",\"city\":\"Springfield\"},"
                        + "\"lines\":[{\"id\":" + lineId + ",\"product\":\"apple\",\"quantity\":2}],"
                        + "\"notes\":[\"call first\"],\"deposit\":null,\"placedAt\":null,\"pieces\":2}");
        assertThat(row.aggregateType()).isEqualTo("purchase");
        assertThat(row.aggregateId()).isEqualTo(id.toString());
        assertThat(row.type()).isEqualTo(Purchase.class.getName());
        assertThat(row.source()).isEqualTo("urn:service:shop");
        assertThat(row.operation()).isEqualTo("create");
        assertThat(row.entityVersion()).isZero();
        assertThat(row.id().version()).isEqualTo(7);
        assertThat(row.changeId().version()).isEqualTo(5);
        assertThat(row.time()).isNotNull();
        assertThat(row.republishId()).isNull();
    }

    @Test
    void rollbackLeavesNothing() {
        shop.transaction().executeWithoutResult(status -> {
            shop.entityManager().persist(new Purchase("ref", null));
            shop.entityManager().flush();
            status.setRollbackOnly();
        });

        assertThat(shop.outbox()).isEmpty();
    }

    @Test
    void severalFlushesInOneTransactionAreOneEventWithTheLastState() {
        UUID id = newPurchase();

        shop.run(em -> {
            purchase(em, id).setReference("first");
            em.flush();
            purchase(em, id).setReference("second");
            em.flush();
            purchase(em, id).line("apple").setQuantity(7);
        });

        OutboxRow row = onlyRow();
        assertThat(row.data().get("reference").asString()).isEqualTo("second");
        assertThat(row.data().get("pieces").asInt()).isEqualTo(8);
        assertThat(row.operation()).isEqualTo("update");
    }

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
    void changeOfOnePartAlonePublishesTheRootAndRaisesItsVersion() {
        UUID id = newPurchase();

        shop.run(em -> purchase(em, id).line("pear").setQuantity(5));

        OutboxRow row = onlyRow();
        assertThat(row.aggregateId()).isEqualTo(id.toString());
        assertThat(row.operation()).isEqualTo("update");
        assertThat(row.data().get("pieces").asInt()).isEqualTo(7);
        assertThat(row.entityVersion()).isEqualTo(1);
        assertThat(shop.<Integer>call(em -> purchase(em, id).getVersion())).isEqualTo(1);
    }

    @Test
    void raisedVersionIsKnownToTheSessionSoThatItCanGoOn() {
        UUID id = newPurchase();
        try (EntityManager em = shop.bean(SessionFactory.class).createEntityManager()) {
            em.getTransaction().begin();
            Purchase purchase = purchase(em, id);
            purchase.line("pear").setQuantity(5);
            em.getTransaction().commit();
            assertThat(purchase.getVersion()).isEqualTo(1);

            em.getTransaction().begin();
            purchase.setReference("after");
            em.getTransaction().commit();
        }

        assertThat(shop.outbox()).extracting(OutboxRow::entityVersion).containsExactly(1L, 2L);
    }

    @Test
    void partChangedWithoutItsRootInTheSessionPublishesTheRoot() {
        UUID id = newPurchase();
        Long lineId = shop.call(em -> purchase(em, id).line("apple").getId());

        shop.run(em -> em.find(Line.class, lineId).setQuantity(20));

        assertThat(onlyRow().data().get("pieces").asInt()).isEqualTo(21);
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

    private static void inAnotherTransaction(UUID id, String product, int quantity) {
        shop.newTransaction()
                .executeWithoutResult(status ->
                        purchase(shop.entityManager(), id).line(product).setQuantity(quantity));
    }

    @Test
    void addedAndRemovedPartsPublishTheRoot() {
        UUID id = newPurchase();

        shop.run(em -> purchase(em, id).add("fig", 10));
        shop.run(em -> purchase(em, id).remove("apple"));

        assertThat(shop.outbox())
                .extracting(row -> row.data().get("pieces").asInt())
                .containsExactly(13, 11);
        assertThat(shop.outbox()).extracting(OutboxRow::entityVersion).containsExactly(1L, 2L);
    }

    @Test
    void partMovedFromOneRootToAnotherPublishesBoth() {
        UUID from = newPurchase();
        UUID to = newPurchase();

        shop.run(em -> {
            Line line = purchase(em, from).line("apple");
            line.moveTo(em.getReference(Purchase.class, to));
        });

        assertThat(shop.outbox(from))
                .singleElement()
                .satisfies(row -> assertThat(row.data().get("pieces").asInt()).isEqualTo(1));
        assertThat(shop.outbox(to))
                .singleElement()
                .satisfies(row -> assertThat(row.data().get("pieces").asInt()).isEqualTo(5));
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
    void stateBesideABulkStatementIsThatOfTheDatabase() {
        UUID id = newPurchase();

        shop.run(em -> {
            Purchase purchase = purchase(em, id);
            assertThat(purchase.line("apple").getQuantity()).isEqualTo(2);
            em.createQuery("update Line set quantity = 50 where purchase.purchaseId = :id and product = 'apple'")
                    .setParameter("id", id)
                    .executeUpdate();
            purchase.setReference("beside a bulk statement");
        });

        assertThat(onlyRow().data().get("pieces").asInt()).isEqualTo(51);
    }

    @Test
    void changesThatARollbackToASavepointTookBackAreNotPublished() {
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
    void whatOtherCallbacksWriteBeforeTheCommitBelongsToTheSameEvent() {
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
    void elementCollectionEmbeddableAndReferenceAreState() {
        UUID id = newPurchase();
        shop.run(em -> em.persist(new Buyer("b-" + id, "Bob")));

        shop.run(em -> purchase(em, id).getNotes().add("ring twice"));
        shop.run(em -> purchase(em, id).setAddress(new Address("Side St", "Shelbyville")));
        shop.run(em -> purchase(em, id).setBuyer(em.getReference(Buyer.class, "b-" + id)));

        List<OutboxRow> rows = shop.outbox();
        assertThat(rows).hasSize(3);
        assertThat(rows.get(0).data().get("notes").toString()).isEqualTo("[\"call first\",\"ring twice\"]");
        assertThat(rows.get(1).data().get("address").get("city").asString()).isEqualTo("Shelbyville");
        assertThat(rows.get(2).data().get("buyerId").asString()).isEqualTo("b-" + id);
    }

    @Test
    void changeOfSomethingThatIsOnlyReferredToPublishesNothing() {
        newPurchase();

        shop.run(em -> em.persist(new Buyer(UUID.randomUUID().toString(), "Carl")));

        assertThat(shop.outbox()).isEmpty();
    }

    @Test
    void deletionHasNoPayloadAndTheLastVersion() {
        UUID id = newPurchase();
        shop.run(em -> purchase(em, id).setReference("before"));
        UUID lastChange = onlyRow().changeId();
        shop.forgetOutbox();

        shop.run(em -> em.remove(purchase(em, id)));

        OutboxRow row = onlyRow();
        assertThat(row.operation()).isEqualTo("delete");
        assertThat(row.payload()).isNull();
        assertThat(row.entityVersion()).isEqualTo(1);
        assertThat(row.changeId()).isNotEqualTo(lastChange);
    }

    @Test
    void createdAndDeletedInOneTransactionIsNothing() {
        shop.run(em -> {
            Purchase purchase = new Purchase("ref", null);
            purchase.add("apple", 1);
            em.persist(purchase);
            em.flush();
            em.remove(purchase);
        });

        assertThat(shop.outbox()).isEmpty();
    }

    @Test
    void changedAndDeletedInOneTransactionIsADelete() {
        UUID id = newPurchase();

        shop.run(em -> {
            purchase(em, id).line("apple").setQuantity(4);
            em.flush();
            em.remove(purchase(em, id));
        });

        assertThat(onlyRow().operation()).isEqualTo("delete");
    }

    @Test
    void partsInOneDirectionLeadToTheirRootFromAnyDepth() {
        shop.run(em -> {
            Warehouse warehouse = new Warehouse(7, "north");
            Shelf shelf = new Shelf("s1", 10);
            shelf.getBoxes().add(new Box("x1", 1.5));
            warehouse.getShelves().add(shelf);
            warehouse.setPermit(new Permit("p1", "A"));
            em.persist(warehouse);
        });
        shop.run(em -> em.find(Box.class, "x1").setWeight(2.5));
        shop.run(em -> em.find(Shelf.class, "s1").setCapacity(11));
        shop.run(em -> em.find(Shelf.class, "s1").getBoxes().add(new Box("x2", 3)));
        shop.run(em -> em.find(Permit.class, "p1").setGrade("B"));
        shop.run(em -> em.find(Warehouse.class, 7L).getShelves().clear());

        List<OutboxRow> rows = shop.outbox("7");
        assertThat(rows).hasSize(6).allSatisfy(row -> {
            assertThat(row.aggregateType()).isEqualTo("depot");
            assertThat(row.type()).isEqualTo("com.example.depot");
            assertThat(row.dataSchema()).isEqualTo("https://example.com/depot.json");
        });
        assertThat(rows)
                .extracting(OutboxRow::payload)
                .containsExactly(
                        "{\"number\":7,\"name\":\"north\",\"shelves\":[{\"code\":\"s1\",\"capacity\":10,\"boxes\":[{\"label\":\"x1\",\"weight\":1.5}]}],\"permit\":{\"id\":\"p1\",\"grade\":\"A\"}}",
                        "{\"number\":7,\"name\":\"north\",\"shelves\":[{\"code\":\"s1\",\"capacity\":10,\"boxes\":[{\"label\":\"x1\",\"weight\":2.5}]}],\"permit\":{\"id\":\"p1\",\"grade\":\"A\"}}",
                        "{\"number\":7,\"name\":\"north\",\"shelves\":[{\"code\":\"s1\",\"capacity\":11,\"boxes\":[{\"label\":\"x1\",\"weight\":2.5}]}],\"permit\":{\"id\":\"p1\",\"grade\":\"A\"}}",
                        "{\"number\":7,\"name\":\"north\",\"shelves\":[{\"code\":\"s1\",\"capacity\":11,\"boxes\":[{\"label\":\"x1\",\"weight\":2.5},{\"label\":\"x2\",\"weight\":3.0}]}],\"permit\":{\"id\":\"p1\",\"grade\":\"A\"}}",
                        "{\"number\":7,\"name\":\"north\",\"shelves\":[{\"code\":\"s1\",\"capacity\":11,\"boxes\":[{\"label\":\"x1\",\"weight\":2.5},{\"label\":\"x2\",\"weight\":3.0}]}],\"permit\":{\"id\":\"p1\",\"grade\":\"B\"}}",
                        "{\"number\":7,\"name\":\"north\",\"shelves\":[],\"permit\":{\"id\":\"p1\",\"grade\":\"B\"}}");
        assertThat(rows).extracting(OutboxRow::entityVersion).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
    }

    @Test
    void partThatCannotBeTracedToItsRootAnyMoreFailsTheTransaction() {
        shop.run(em -> {
            Warehouse warehouse = new Warehouse(8, "south");
            warehouse.getShelves().add(new Shelf("s8", 10));
            em.persist(warehouse);
        });
        shop.forgetOutbox();

        assertThatThrownBy(() -> shop.run(em -> em.remove(em.find(Shelf.class, "s8"))))
                .hasStackTraceContaining("s8 was deleted, and nothing tells which")
                .hasStackTraceContaining("Remove it from 'shelves' of its owner");
        assertThat(shop.outbox()).isEmpty();
        assertThat(shop.<Object>call(em -> em.find(Shelf.class, "s8"))).isNotNull();
    }

    @Test
    void partDeletedDirectlyFailsTheTransactionAlsoIfAnotherRootOfItsKindIsChanged() {
        shop.run(em -> {
            for (long number = 20; number <= 21; number++) {
                Warehouse warehouse = new Warehouse(number, "twin");
                warehouse.getShelves().add(new Shelf("s" + number, 10));
                em.persist(warehouse);
            }
        });
        shop.forgetOutbox();

        assertThatThrownBy(() -> shop.run(em -> {
                    em.remove(em.find(Shelf.class, "s20"));
                    em.find(Warehouse.class, 21L).getShelves().clear();
                }))
                .hasStackTraceContaining("s20 was deleted, and nothing tells which");
        assertThat(shop.outbox()).isEmpty();
    }

    @Test
    void compositeIdIsTheKeyInDeclaredOrderWithItsSeparatorEncoded() {
        shop.run(em -> em.persist(new Seat("a:1%", 5)));

        OutboxRow row = onlyRow();
        assertThat(row.aggregateId()).isEqualTo("a%3A1%25:5");
        assertThat(row.payload()).isEqualTo("{\"id\":{\"row\":\"a:1%\",\"number\":5},\"guest\":null}");
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

    @Test
    void mergedDetachedGraphIsOneEvent() {
        UUID id = newPurchase();
        Purchase detached = shop.call(em -> {
            Purchase purchase = purchase(em, id);
            Hibernate.initialize(purchase.getLines());
            Hibernate.initialize(purchase.getNotes());
            return purchase;
        });

        detached.line("apple").setQuantity(30);
        detached.remove("pear");
        shop.run(em -> em.merge(detached));

        assertThat(onlyRow().data().get("pieces").asInt()).isEqualTo(30);
    }

    @Test
    void statelessSessionIsCapturedToo() {
        UUID id = newPurchase();
        SessionFactory factory = shop.bean(SessionFactory.class);

        factory.inStatelessTransaction(session -> {
            Purchase purchase = session.get(Purchase.class, id);
            purchase.setReference("stateless");
            session.update(purchase);
        });
        factory.inStatelessTransaction(session -> session.insert(new Buyer("b2-" + id, "Dora")));

        assertThat(onlyRow().data().get("reference").asString()).isEqualTo("stateless");
        assertThat(onlyRow().data().get("pieces").asInt()).isEqualTo(3);
    }

    @Test
    void partThatAStatelessSessionDeletesWithoutItsRootFailsTheTransaction() {
        UUID id = newPurchase();
        Long lineId = shop.call(em -> purchase(em, id).line("apple").getId());

        assertThatThrownBy(() -> shop.bean(SessionFactory.class).inStatelessTransaction(session -> {
                    Line line = session.get(Line.class, lineId);
                    line.moveTo(null);
                    session.delete(line);
                }))
                .hasStackTraceContaining("nothing tells which");
        assertThat(shop.outbox()).isEmpty();
        assertThat(shop.<Object>call(em -> em.find(Line.class, lineId))).isNotNull();
    }

    @Test
    void transactionInsideATransactionHasEventsOfItsOwn() {
        UUID outer = newPurchase();
        UUID inner = newPurchase();

        assertThatThrownBy(() -> shop.run(em -> {
                    purchase(em, outer).setReference("outer");
                    em.flush();
                    shop.newTransaction()
                            .executeWithoutResult(status ->
                                    purchase(shop.entityManager(), inner).setReference("inner"));
                    throw new IllegalStateException("outer fails");
                }))
                .hasMessage("outer fails");

        assertThat(onlyRow().aggregateId()).isEqualTo(inner.toString());
    }

    @Test
    void transactionWithTooManyAggregatesFails() throws SQLException {
        try (ShopApplication small =
                ShopApplication.start(postgres, "small", "outbox.capture.max-aggregates-per-transaction=2")) {
            assertThatThrownBy(() -> small.run(em -> {
                        em.persist(new Purchase("1", null));
                        em.persist(new Purchase("2", null));
                        em.persist(new Purchase("3", null));
                    }))
                    .hasStackTraceContaining("outbox.capture.max-aggregates-per-transaction");
            assertThat(small.outbox()).isEmpty();
        }
    }

    @Test
    void writeWithoutATransactionFails() {
        SessionFactory factory = shop.bean(SessionFactory.class);
        try (var session = factory.openStatelessSession()) {
            assertThatThrownBy(() -> session.insert(new Purchase("none", null)))
                    .isInstanceOf(OutboxException.class)
                    .hasMessageContaining("without a transaction");
        }
    }

    @Test
    void stateTooLargeForAnEventFailsTheTransactionThatMadeItSo() {
        UUID id = newPurchase();

        assertThatThrownBy(() ->
                        shop.run(em -> purchase(em, id).getNotes().addAll(Collections.nCopies(5000, "x".repeat(250)))))
                .hasStackTraceContaining("purchase " + id)
                .hasStackTraceContaining("outbox.payload.max-size");
        assertThat(shop.outbox()).isEmpty();
        assertThat(shop.<Integer>call(em -> purchase(em, id).getNotes().size())).isEqualTo(1);
    }

    @Test
    void sessionOpenedByHandIsCapturedToo() {
        try (Session session = shop.bean(SessionFactory.class).openSession()) {
            session.beginTransaction();
            session.persist(new Purchase("by hand", null));
            session.getTransaction().commit();
        }

        assertThat(onlyRow().data().get("reference").asString()).isEqualTo("by hand");
    }
}
