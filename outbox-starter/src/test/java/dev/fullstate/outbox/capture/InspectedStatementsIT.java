package dev.fullstate.outbox.capture;

import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

import org.hibernate.resource.jdbc.spi.StatementInspector;
import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.shop.Purchase;
import dev.fullstate.outbox.shop.ShopApplication;

import static org.assertj.core.api.Assertions.assertThat;

/** An application's inspector sees and changes each query that reads a state, although these share a request. */
class InspectedStatementsIT {

    static final List<String> seen = new CopyOnWriteArrayList<>();

    /** Ends each statement with a comment, which must not reach into the next one. */
    public static final class Commenting implements StatementInspector {

        private static final long serialVersionUID = 1L;

        @Override
        public String inspect(String sql) {
            seen.add(sql);
            return sql + " -- seen";
        }
    }

    @Test
    void eachQueryIsInspectedByItself() throws SQLException {
        try (ShopApplication shop = ShopApplication.start(
                SharedServers.postgres(),
                "inspected",
                "spring.jpa.properties.hibernate.session_factory.statement_inspector=" + Commenting.class.getName())) {
            UUID id = shop.call(em -> {
                Purchase purchase = new Purchase("ref", null);
                purchase.add("a", 1);
                purchase.getNotes().add("note");
                em.persist(purchase);
                return purchase.getPurchaseId();
            });
            seen.clear();

            shop.run(em -> em.find(Purchase.class, id).setReference("changed"));

            assertThat(shop.outbox(id).get(1).payload()).contains("changed", "note", "\"product\":\"a\"");
            assertThat(seen)
                    .filteredOn(sql -> sql.startsWith("select"))
                    .noneMatch(sql -> sql.contains(";"))
                    .anyMatch(sql -> sql.contains(" from purchase "))
                    .anyMatch(sql -> sql.contains(" from line "))
                    .anyMatch(sql -> sql.contains(" from purchase_notes "));
        }
    }
}
