package dev.fullstate.outbox.capture;

import java.util.UUID;
import java.util.function.Consumer;

import org.hibernate.SessionFactory;
import org.hibernate.StatelessSession;
import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.shop.Box;
import dev.fullstate.outbox.shop.Buyer;
import dev.fullstate.outbox.shop.Line;
import dev.fullstate.outbox.shop.OutboxRow;
import dev.fullstate.outbox.shop.Purchase;
import dev.fullstate.outbox.shop.Shelf;
import dev.fullstate.outbox.shop.Warehouse;

import static org.assertj.core.api.Assertions.assertThat;

/** A stateless session has no flush, no cascades and no old states, but events all the same. */
class StatelessSessionIT extends ShopTest {

    private static void inStatelessSession(Consumer<StatelessSession> work) {
        shop.bean(SessionFactory.class).inStatelessTransaction(work);
    }

    private static int pieces(OutboxRow row) {
        return row.data().get("pieces").asInt();
    }

    @Test
    void insertIsACreation() {
        Purchase purchase = new Purchase("stateless", null);

        inStatelessSession(session -> {
            session.insert(purchase);
            session.insert(new Line(purchase, "apple", 3));
        });

        assertThat(onlyRow().operation()).isEqualTo("create");
        assertThat(onlyRow().entityVersion()).isZero();
        assertThat(pieces(onlyRow())).isEqualTo(3);
    }

    @Test
    void updateOfTheRootIsOneEventAndInsertOfAnUncapturedEntityNone() {
        UUID id = newPurchase();

        inStatelessSession(session -> {
            Purchase purchase = session.get(Purchase.class, id);
            purchase.setReference("stateless");
            session.update(purchase);
            session.insert(new Buyer("b-" + id, "Dora"));
        });

        assertThat(onlyRow().data().get("reference").asString()).isEqualTo("stateless");
        assertThat(onlyRow().operation()).isEqualTo("update");
        assertThat(pieces(onlyRow())).isEqualTo(3);
    }

    @Test
    void insertUpdateAndDeleteOfAPartPublishItsRootUnderANewVersionEach() {
        UUID id = newPurchase();
        Line fig = new Line(shop.call(em -> em.getReference(Purchase.class, id)), "fig", 10);

        inStatelessSession(session -> session.insert(fig));
        inStatelessSession(session -> {
            fig.setQuantity(20);
            session.update(fig);
        });
        inStatelessSession(session -> session.delete(fig));

        assertThat(shop.outbox()).extracting(StatelessSessionIT::pieces).containsExactly(13, 23, 3);
        assertThat(shop.outbox()).extracting(OutboxRow::entityVersion).containsExactly(1L, 2L, 3L);
        assertThat(shop.outbox()).extracting(OutboxRow::operation).containsOnly("update");
    }

    @Test
    void deleteIsADelete() {
        UUID id = newPurchase();

        inStatelessSession(session -> {
            session.createSelectionQuery("from Line l where l.purchase.purchaseId = :id", Line.class)
                    .setParameter("id", id)
                    .getResultList()
                    .forEach(session::delete);
            Purchase purchase = session.get(Purchase.class, id);
            session.fetch(purchase.getNotes());
            session.delete(purchase);
        });

        assertThat(onlyRow().operation()).isEqualTo("delete");
        assertThat(onlyRow().entityVersion()).isZero();
        assertThat(onlyRow().payload()).isNull();
    }

    @Test
    void upsertOfARootThatExistsIsAnUpdate() {
        UUID id = newPurchase();

        inStatelessSession(session -> {
            Purchase purchase = session.get(Purchase.class, id);
            purchase.setReference("upserted");
            session.upsert(purchase);
        });

        assertThat(onlyRow().operation()).isEqualTo("update");
        assertThat(onlyRow().entityVersion()).isEqualTo(1);
        assertThat(onlyRow().data().get("reference").asString()).isEqualTo("upserted");
        assertThat(pieces(onlyRow())).isEqualTo(3);
    }

    @Test
    void upsertOfARootThatDoesNotExistPublishesIt() {
        Purchase purchase = new Purchase("upserted", null);

        inStatelessSession(session -> session.upsert(purchase));

        assertThat(onlyRow().aggregateId()).isEqualTo(purchase.getPurchaseId().toString());
        assertThat(onlyRow().data().get("reference").asString()).isEqualTo("upserted");
    }

    @Test
    void upsertsOfObjectsWithoutAVersionAreAnEventEachAlthoughTheVersionStays() {
        inStatelessSession(session -> session.upsert(new Warehouse(32, "first")));
        inStatelessSession(session -> session.upsert(new Warehouse(32, "second")));

        assertThat(shop.outbox("32"))
                .extracting(row -> row.data().get("name").asString())
                .containsExactly("first", "second");
        assertThat(shop.outbox("32")).extracting(OutboxRow::entityVersion).containsExactly(0L, 0L);
    }

    @Test
    void upsertOfAPartPublishesItsRootWhicheverWayTheTwoAreMapped() {
        UUID id = newPurchase();
        Line apple = shop.call(em -> {
            Line line = purchase(em, id).line("apple");
            assertThat(line.getPurchase().getPurchaseId()).isEqualTo(id);
            return line;
        });
        shop.run(em -> {
            Warehouse warehouse = new Warehouse(31, "stateless");
            Shelf shelf = new Shelf("s31", 10);
            shelf.getBoxes().add(new Box("x31", 1.5));
            warehouse.getShelves().add(shelf);
            em.persist(warehouse);
        });
        shop.forgetOutbox();

        apple.setQuantity(40);
        inStatelessSession(session -> session.upsert(apple));
        inStatelessSession(session -> session.upsert(new Box("x31", 7)));

        assertThat(pieces(shop.outbox(id).get(0))).isEqualTo(41);
        assertThat(shop.outbox("31"))
                .singleElement()
                .satisfies(row -> assertThat(row.payload()).contains("{\"label\":\"x31\",\"weight\":7.0}"));
        assertThat(shop.outbox()).extracting(OutboxRow::entityVersion).containsExactly(1L, 1L);
    }

    @Test
    void changeStillInABatchBelongsToTheState() {
        UUID id = newPurchase();
        Line apple = shop.call(em -> purchase(em, id).line("apple"));

        inStatelessSession(session -> {
            session.setJdbcBatchSize(20);
            apple.setQuantity(50);
            session.update(apple);
        });

        assertThat(pieces(onlyRow())).isEqualTo(51);
    }

    @Test
    void severalChangesInOneTransactionAreOneEventAndRolledBackOnesNone() {
        UUID id = newPurchase();
        UUID other = newPurchase();

        inStatelessSession(session -> {
            session.insert(new Line(session.get(Purchase.class, id), "fig", 10));
            session.insert(new Line(session.get(Purchase.class, id), "plum", 20));
        });
        try (StatelessSession session = shop.bean(SessionFactory.class).openStatelessSession()) {
            session.beginTransaction();
            session.insert(new Line(session.get(Purchase.class, other), "fig", 10));
            session.getTransaction().rollback();
        }

        assertThat(onlyRow().aggregateId()).isEqualTo(id.toString());
        assertThat(pieces(onlyRow())).isEqualTo(33);
    }
}
