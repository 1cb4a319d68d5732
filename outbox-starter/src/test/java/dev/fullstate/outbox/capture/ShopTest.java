package dev.fullstate.outbox.capture;

import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

import jakarta.persistence.EntityManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.shop.Buyer;
import dev.fullstate.outbox.shop.OutboxRow;
import dev.fullstate.outbox.shop.Purchase;
import dev.fullstate.outbox.shop.ShopApplication;
import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;

/** The shop on a database of its own, with an empty outbox before each test. */
abstract class ShopTest {

    static PostgresServer postgres;
    static ShopApplication shop;

    @BeforeAll
    static void start() throws SQLException {
        postgres = SharedServers.postgres();
        shop = ShopApplication.start(postgres, "capture");
        shop.run(em -> em.persist(new Buyer("b1", "Ada")));
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    @BeforeEach
    void forget() {
        shop.forgetOutbox();
    }

    static UUID newPurchase() {
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

    static OutboxRow onlyRow() {
        List<OutboxRow> rows = shop.outbox();
        assertThat(rows).hasSize(1);
        return rows.get(0);
    }

    static Purchase purchase(EntityManager em, UUID id) {
        return em.find(Purchase.class, id);
    }
}
