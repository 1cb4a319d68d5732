package dev.fullstate.outbox.capture;

import java.util.List;
import java.util.UUID;

import jakarta.persistence.EntityManager;
import org.hibernate.SessionFactory;
import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.shop.Box;
import dev.fullstate.outbox.shop.Line;
import dev.fullstate.outbox.shop.OutboxRow;
import dev.fullstate.outbox.shop.Permit;
import dev.fullstate.outbox.shop.Purchase;
import dev.fullstate.outbox.shop.Shelf;
import dev.fullstate.outbox.shop.Warehouse;

import static org.assertj.core.api.Assertions.assertThat;

/** A change of a part is a change of its root, however the two are associated. */
class PartsIT extends ShopTest {

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
    void sessionKnowsTheRaisedVersionAndCanGoOn() {
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
    void partDeletedDirectlyPublishesTheRootThatItsRowNames() {
        shop.run(em -> {
            for (long number = 20; number <= 21; number++) {
                Warehouse warehouse = new Warehouse(number, "twin");
                warehouse.getShelves().add(new Shelf("s" + number, 10));
                em.persist(warehouse);
            }
        });
        shop.forgetOutbox();

        shop.run(em -> em.remove(em.find(Shelf.class, "s20")));
        shop.run(em -> {
            em.remove(em.find(Shelf.class, "s21"));
            em.find(Warehouse.class, 20L).setName("other");
        });

        assertThat(shop.outbox()).extracting(OutboxRow::aggregateId).containsExactly("20", "20", "21");
        assertThat(shop.outbox())
                .allSatisfy(row -> assertThat(row.data().get("shelves")).isEmpty());
    }

    @Test
    void partDeletedByAStatelessSessionPublishesTheRootThatItsRowNames() {
        UUID id = newPurchase();
        Long lineId = shop.call(em -> purchase(em, id).line("apple").getId());

        shop.bean(SessionFactory.class).inStatelessTransaction(session -> {
            Line line = session.get(Line.class, lineId);
            line.moveTo(null);
            session.delete(line);
        });

        assertThat(onlyRow().aggregateId()).isEqualTo(id.toString());
        assertThat(onlyRow().data().get("pieces").asInt()).isEqualTo(1);
    }
}
