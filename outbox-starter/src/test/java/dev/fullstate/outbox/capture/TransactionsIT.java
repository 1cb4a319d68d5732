package dev.fullstate.outbox.capture;

import java.util.UUID;

import javax.sql.DataSource;

import jakarta.persistence.EntityManager;
import org.hibernate.SessionFactory;
import org.hibernate.stat.Statistics;
import org.junit.jupiter.api.Test;
import org.springframework.orm.jpa.hibernate.HibernateTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

import dev.fullstate.outbox.shop.OutboxRow;
import dev.fullstate.outbox.shop.Purchase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Spring's transactions inside transactions, and those that only read. */
class TransactionsIT extends ShopTest {

    @Test
    void innerTransactionKeepsItsEventsWhenTheOuterOneFails() {
        UUID outer = newPurchase();
        UUID inner = newPurchase();

        assertThatThrownBy(() -> shop.run(em -> {
                    purchase(em, outer).setReference("outer");
                    em.flush();
                    shop.newTransaction().executeWithoutResult(status -> rename(inner, "inner"));
                    throw new IllegalStateException("outer fails");
                }))
                .hasMessage("outer fails");

        assertThat(onlyRow().aggregateId()).isEqualTo(inner.toString());
    }

    @Test
    void outerTransactionKeepsItsEventsWhenTheInnerOneFails() {
        UUID outer = newPurchase();
        UUID inner = newPurchase();

        shop.run(em -> {
            purchase(em, outer).setReference("before");
            em.flush();
            shop.newTransaction().executeWithoutResult(status -> {
                rename(inner, "inner");
                shop.entityManager().flush();
                status.setRollbackOnly();
            });
            purchase(em, outer).line("apple").setQuantity(7);
        });

        assertThat(onlyRow().aggregateId()).isEqualTo(outer.toString());
        assertThat(onlyRow().data().get("reference").asString()).isEqualTo("before");
        assertThat(onlyRow().data().get("pieces").asInt()).isEqualTo(8);
    }

    @Test
    void innerTransactionsEventComesFirstBecauseItCommitsFirst() {
        UUID outer = newPurchase();
        UUID inner = newPurchase();

        shop.run(em -> {
            purchase(em, outer).setReference("outer");
            em.flush();
            shop.newTransaction().executeWithoutResult(status -> rename(inner, "inner"));
        });

        assertThat(shop.outbox())
                .extracting(OutboxRow::aggregateId)
                .containsExactly(inner.toString(), outer.toString());
    }

    @Test
    void nestedTransactionRolledBackToItsSavepointLeavesTheEventOfTheRest() {
        UUID kept = newPurchase();
        UUID takenBack = newPurchase();

        nested().executeWithoutResult(outer -> {
            EntityManager em = shop.entityManager();
            purchase(em, kept).setReference("kept");
            em.flush();
            nested().executeWithoutResult(inner -> {
                purchase(em, kept).setReference("taken back");
                purchase(em, takenBack).setReference("taken back");
                em.persist(new Purchase("taken back", null));
                em.flush();
                inner.setRollbackOnly();
            });
            em.clear();
        });

        assertThat(onlyRow().aggregateId()).isEqualTo(kept.toString());
        assertThat(onlyRow().data().get("reference").asString()).isEqualTo("kept");
        assertThat(onlyRow().entityVersion()).isEqualTo(1);
    }

    @Test
    void committedNestedTransactionBelongsToTheOuterOne() {
        UUID id = newPurchase();

        nested().executeWithoutResult(outer -> {
            rename(id, "outer");
            nested().executeWithoutResult(inner ->
                    purchase(shop.entityManager(), id).line("apple").setQuantity(7));
        });

        assertThat(onlyRow().data().get("reference").asString()).isEqualTo("outer");
        assertThat(onlyRow().data().get("pieces").asInt()).isEqualTo(8);
    }

    @Test
    void readOnlyTransactionHasNoEventAndNoStatementOfOurs() {
        UUID id = newPurchase();
        Statistics statistics = shop.bean(SessionFactory.class).getStatistics();
        statistics.setStatisticsEnabled(true);
        try {
            TransactionTemplate readOnly = shop.transaction();
            readOnly.setReadOnly(true);
            // The root alone: its buyer, lines and notes are lazy.
            readOnly.executeWithoutResult(status -> rename(id, "not written, because nothing is flushed"));

            assertThat(statistics.getPrepareStatementCount()).isEqualTo(1);
        } finally {
            statistics.clear();
            statistics.setStatisticsEnabled(false);
        }
        assertThat(shop.outbox()).isEmpty();
        assertThat(shop.<String>call(em -> purchase(em, id).getReference())).isEqualTo("ref");
    }

    private static void rename(UUID id, String reference) {
        purchase(shop.entityManager(), id).setReference(reference);
    }

    /** Spring's transaction manager for JPA has no savepoints with Hibernate; the one for Hibernate has. */
    private static TransactionTemplate nested() {
        HibernateTransactionManager manager = new HibernateTransactionManager(shop.bean(SessionFactory.class));
        manager.setNestedTransactionAllowed(true);
        manager.setDataSource(shop.bean(DataSource.class));
        TransactionTemplate template = new TransactionTemplate(manager);
        template.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
        return template;
    }
}
