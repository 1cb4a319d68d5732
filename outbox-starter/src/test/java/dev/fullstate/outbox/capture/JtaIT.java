package dev.fullstate.outbox.capture;

import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.UUID;

import javax.sql.DataSource;

import com.arjuna.ats.arjuna.common.CoreEnvironmentBeanException;
import com.arjuna.ats.arjuna.common.arjPropertyManager;
import com.arjuna.ats.internal.arjuna.objectstore.VolatileStore;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.jta.JtaTransactionManager;

import dev.fullstate.outbox.FullStateEvents;
import dev.fullstate.outbox.OutboxException;
import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.shop.OutboxRow;
import dev.fullstate.outbox.shop.Purchase;
import dev.fullstate.outbox.shop.ShopApplication;
import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Under JTA the events are written before the completion of the transaction that the database is enlisted in. */
class JtaIT {

    static PostgresServer postgres;
    static ShopApplication shop;

    private UUID id;

    @Configuration(proxyBeanMethods = false)
    static class Jta {

        @Bean
        JtaTransactionManager transactionManager() {
            return new JtaTransactionManager(
                    com.arjuna.ats.jta.UserTransaction.userTransaction(),
                    com.arjuna.ats.jta.TransactionManager.transactionManager());
        }

        @Bean
        DataSource dataSource(JtaTransactionManager jta) {
            return new EnlistedDataSource(postgres, "jta", jta.getTransactionManager());
        }
    }

    /** One resource is committed in one phase, so the transaction manager has nothing to keep in a store. */
    @BeforeAll
    static void start() throws SQLException, CoreEnvironmentBeanException {
        arjPropertyManager.getCoreEnvironmentBean().setNodeIdentifier("outbox");
        arjPropertyManager.getObjectStoreEnvironmentBean().setObjectStoreType(VolatileStore.class.getName());
        postgres = SharedServers.postgres();
        shop = ShopApplication.startWith(Jta.class, postgres, "jta");
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    @BeforeEach
    void create() {
        id = shop.call(em -> {
            Purchase purchase = new Purchase("ref", null);
            purchase.add("apple", 2);
            em.persist(purchase);
            return purchase.getPurchaseId();
        });
        shop.forgetOutbox();
    }

    private Purchase purchase() {
        return shop.entityManager().find(Purchase.class, id);
    }

    @Test
    void changesAreCommittedWithTheirEvents() {
        assertThat(shop.bean(PlatformTransactionManager.class)).isInstanceOf(JtaTransactionManager.class);

        shop.run(em -> purchase().setReference("jta"));
        shop.run(em -> purchase().line("apple").setQuantity(7));
        shop.run(em -> em.remove(purchase()));

        List<OutboxRow> rows = shop.outbox(id);
        assertThat(rows).extracting(OutboxRow::operation).containsExactly("update", "update", "delete");
        assertThat(rows).extracting(OutboxRow::entityVersion).containsExactly(1L, 2L, 2L);
        assertThat(rows.get(1).data().get("pieces").asInt()).isEqualTo(7);
    }

    @Test
    void changeBySqlMarkedBeforeAnEntityManagerJoinsIsPublished() {
        shop.run(em -> {
            shop.bean(FullStateEvents.class).markChanged(Purchase.class, id);
            shop.jdbc()
                    .sql("update purchase set reference = 'sql' where purchase_id = ?")
                    .param(id)
                    .update();
        });

        List<OutboxRow> rows = shop.outbox();
        assertThat(rows).extracting(OutboxRow::entityVersion).containsExactly(1L);
        assertThat(rows.get(0).data().get("reference").asString()).isEqualTo("sql");
    }

    @Test
    void rolledBackTransactionLeavesNoEvent() {
        shop.transaction().executeWithoutResult(status -> {
            purchase().setReference("never");
            shop.entityManager().flush();
            status.setRollbackOnly();
        });

        assertThat(shop.outbox()).isEmpty();
        assertThat(shop.<String>call(em -> purchase().getReference())).isEqualTo("ref");
    }

    @Test
    void eventThatCannotBeWrittenRollsTheTransactionBack() {
        assertThatThrownBy(() ->
                        shop.run(em -> purchase().getNotes().addAll(Collections.nCopies(5000, "x".repeat(250)))))
                .hasStackTraceContaining(OutboxException.class.getName())
                .hasStackTraceContaining("purchase " + id)
                .hasStackTraceContaining("outbox.payload.max-size");

        assertThat(shop.outbox()).isEmpty();
        assertThat(shop.<Boolean>call(em -> purchase().getNotes().isEmpty())).isTrue();
    }

    @Test
    void innerTransactionKeepsItsEventsWhenTheSuspendedOneFails() {
        UUID other = shop.call(em -> {
            Purchase purchase = new Purchase("other", null);
            em.persist(purchase);
            return purchase.getPurchaseId();
        });
        shop.forgetOutbox();

        assertThatThrownBy(() -> shop.run(em -> {
                    purchase().setReference("outer");
                    em.flush();
                    shop.newTransaction()
                            .executeWithoutResult(status -> shop.entityManager()
                                    .find(Purchase.class, other)
                                    .setReference("inner"));
                    throw new IllegalStateException("outer fails");
                }))
                .hasMessage("outer fails");

        assertThat(shop.outbox()).extracting(OutboxRow::aggregateId).containsExactly(other.toString());
    }

    @Test
    void entityManagerOfManyTransactionsPublishesTheCommittedChangesOfEach() {
        try (EntityManager em = shop.bean(EntityManagerFactory.class).createEntityManager()) {
            shop.transaction().executeWithoutResult(status -> {
                em.joinTransaction();
                em.find(Purchase.class, id).setReference("never");
                em.flush();
                status.setRollbackOnly();
            });
            shop.run(none -> {
                em.joinTransaction();
                em.find(Purchase.class, id);
            });
            assertThat(shop.outbox()).isEmpty();

            shop.run(none -> {
                em.joinTransaction();
                em.find(Purchase.class, id).line("apple").setQuantity(7);
            });
        }
        assertThat(shop.outbox()).extracting(OutboxRow::entityVersion).containsExactly(1L);
        assertThat(shop.outbox().get(0).data().get("reference").asString()).isEqualTo("ref");
    }

    @Test
    void failureOfTheFlushAtTheCommitIsReportedAsItself() {
        assertThatThrownBy(() -> shop.run(em -> {
                    purchase().line("apple").setQuantity(3);
                    em.flush();
                    purchase().setReference("x".repeat(300));
                }))
                .hasStackTraceContaining("value too long");
        assertThat(shop.outbox()).isEmpty();
    }
}
