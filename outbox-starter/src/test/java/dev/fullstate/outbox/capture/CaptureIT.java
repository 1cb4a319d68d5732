package dev.fullstate.outbox.capture;

import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.UUID;

import org.hibernate.Hibernate;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.OutboxException;
import dev.fullstate.outbox.shop.Address;
import dev.fullstate.outbox.shop.Buyer;
import dev.fullstate.outbox.shop.OutboxRow;
import dev.fullstate.outbox.shop.Purchase;
import dev.fullstate.outbox.shop.Seat;
import dev.fullstate.outbox.shop.ShopApplication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The rows that transactions leave in the outbox. */
class CaptureIT extends ShopTest {

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
    void rolledBackTransactionLeavesNoEvent() {
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
    void changeOfAReferencedEntityPublishesNothing() {
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
    void rootCreatedAndDeletedInOneTransactionHasNoEvent() {
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
    void rootChangedAndDeletedInOneTransactionIsADelete() {
        UUID id = newPurchase();

        shop.run(em -> {
            purchase(em, id).line("apple").setQuantity(4);
            em.flush();
            em.remove(purchase(em, id));
        });

        assertThat(onlyRow().operation()).isEqualTo("delete");
    }

    @Test
    void compositeIdIsTheKeyInDeclaredOrderWithItsSeparatorEncoded() {
        shop.run(em -> em.persist(new Seat("a:1%", 5)));

        OutboxRow row = onlyRow();
        assertThat(row.aggregateId()).isEqualTo("a%3A1%25:5");
        assertThat(row.payload()).isEqualTo("{\"id\":{\"row\":\"a:1%\",\"number\":5},\"guest\":null}");
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
    void stateTooLargeForAnEventFailsItsTransaction() {
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
