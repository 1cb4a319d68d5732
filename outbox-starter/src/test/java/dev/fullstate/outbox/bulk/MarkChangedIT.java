package dev.fullstate.outbox.bulk;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.List;
import java.util.Set;

import org.hibernate.Session;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

import dev.fullstate.outbox.FullStateEvents;
import dev.fullstate.outbox.OutboxException;
import dev.fullstate.outbox.bulk.Item.Crate;
import dev.fullstate.outbox.bulk.Item.Parcel;
import dev.fullstate.outbox.bulk.Ticket.Agent;
import dev.fullstate.outbox.bulk.Ticket.Remark;
import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.shop.OutboxRow;
import dev.fullstate.outbox.shop.ShopApplication;
import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The application has changes by SQL published by naming the aggregates. */
class MarkChangedIT {

    static PostgresServer postgres;
    static ShopApplication application;
    static FullStateEvents events;

    @BeforeAll
    static void start() throws SQLException {
        postgres = SharedServers.postgres();
        application = Helpdesk.start(
                postgres,
                "marks",
                "outbox.capture.bulk-operations=allow",
                "outbox.capture.max-aggregates-per-transaction=3");
        events = application.bean(FullStateEvents.class);
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    @BeforeEach
    void forget() {
        application.forgetOutbox();
    }

    private static Long ticket(String... remarks) {
        Long id = application.call(em -> {
            Ticket ticket = new Ticket("open", remarks);
            em.persist(ticket);
            return ticket.id;
        });
        application.forgetOutbox();
        return id;
    }

    private static int sql(String statement, Object... parameters) {
        return application.jdbc().sql(statement).params(parameters).update();
    }

    private static OutboxRow onlyRow() {
        List<OutboxRow> rows = application.outbox();
        assertThat(rows).hasSize(1);
        return rows.get(0);
    }

    private static long versionInDatabase(Long id) {
        return application
                .jdbc()
                .sql("select version from ticket where id = ?")
                .param(id)
                .query(Long.class)
                .single();
    }

    @Test
    void rootChangedBySqlIsPublishedAsItIsUnderANewVersion() {
        Long id = ticket();

        application.run(em -> {
            sql("update ticket set state = 'closed' where id = ?", id);
            events.markChanged(Ticket.class, id);
        });

        assertThat(onlyRow().operation()).isEqualTo("update");
        assertThat(onlyRow().aggregateId()).isEqualTo(id.toString());
        assertThat(onlyRow().data().get("state").asString()).isEqualTo("closed");
        assertThat(onlyRow().entityVersion()).isEqualTo(1).isEqualTo(versionInDatabase(id));
    }

    @Test
    void rootMarkedBeforeTheSqlIsPublishedAsItIsAtTheCommit() {
        Long id = ticket();

        application.run(em -> {
            events.markChanged(Ticket.class, id);
            sql("update ticket set state = 'closed' where id = ?", id);
        });

        assertThat(onlyRow().data().get("state").asString()).isEqualTo("closed");
    }

    @Test
    void partChangedBySqlIsPublishedWithItsRoot() {
        Long id = ticket("first");

        application.run(em -> {
            sql("update remark set text = 'second' where ticket_id = ?", id);
            events.markChanged(Ticket.class, id);
        });

        assertThat(onlyRow().data().get("remarks").get(0).get("text").asString())
                .isEqualTo("second");
        assertThat(onlyRow().entityVersion()).isEqualTo(1);
    }

    @Test
    void rootChangedByAnAllowedBulkStatementIsPublished() {
        Long id = ticket("first");

        application.run(em -> {
            em.createQuery("update Remark r set r.text = 'second' where r.ticket.id = :id")
                    .setParameter("id", id)
                    .executeUpdate();
            events.markChanged(Ticket.class, id);
        });

        assertThat(onlyRow().data().get("remarks").get(0).get("text").asString())
                .isEqualTo("second");
    }

    @Test
    void versionRaisedBySqlIsRaisedOnceMore() {
        Long id = ticket();

        application.run(em -> {
            assertThat(em.find(Ticket.class, id).state).isEqualTo("open");
            sql("update ticket set state = 'closed', version = version + 1 where id = ?", id);
            events.markChanged(Ticket.class, id);
        });

        assertThat(onlyRow().data().get("state").asString()).isEqualTo("closed");
        assertThat(onlyRow().entityVersion()).isEqualTo(2).isEqualTo(versionInDatabase(id));
    }

    @Test
    void changeThroughJpaAndAMarkAreOneEventWithBoth() {
        Long id = ticket("first");

        application.run(em -> {
            em.find(Ticket.class, id).state = "closed";
            sql("update remark set text = 'second' where ticket_id = ?", id);
            events.markChanged(Ticket.class, id);
        });

        assertThat(onlyRow().data().get("state").asString()).isEqualTo("closed");
        assertThat(onlyRow().data().get("remarks").get(0).get("text").asString())
                .isEqualTo("second");
        assertThat(onlyRow().entityVersion()).isEqualTo(1).isEqualTo(versionInDatabase(id));
    }

    @Test
    void severalMarksOfOneAggregateAreOneEvent() {
        Long one = ticket();
        Long two = ticket();

        application.run(em -> {
            events.markChanged(Ticket.class, one, two);
            events.markChanged(Ticket.class, Set.of(one, two));
            events.markChanged(Ticket.class, List.of());
        });

        assertThat(application.outbox())
                .extracting(OutboxRow::aggregateId)
                .containsExactlyInAnyOrder(one.toString(), two.toString());
    }

    @Test
    void rootDeletedBySqlIsADeleteWithoutAVersion() {
        Long id = ticket("first");

        application.run(em -> {
            sql("delete from remark where ticket_id = ?", id);
            sql("delete from ticket where id = ?", id);
            events.markChanged(Ticket.class, id);
        });

        assertThat(onlyRow().operation()).isEqualTo("delete");
        assertThat(onlyRow().aggregateId()).isEqualTo(id.toString());
        assertThat(onlyRow().payload()).isNull();
        assertThat(onlyRow().entityVersion()).isNull();
        assertThat(onlyRow().changeId()).isNotNull();
    }

    @Test
    void unknownIdIsADeleteWithoutAVersion() {
        application.run(em -> events.markChanged(Ticket.class, -7L));

        assertThat(onlyRow().operation()).isEqualTo("delete");
        assertThat(onlyRow().aggregateId()).isEqualTo("-7");
        assertThat(onlyRow().entityVersion()).isNull();
    }

    @Test
    void rootDeletedByJpaIsADeleteWithItsVersion() {
        Long before = ticket();
        application.run(em -> {
            events.markChanged(Ticket.class, before);
            em.remove(em.find(Ticket.class, before));
        });
        Long after = ticketWithoutForgetting();
        application.run(em -> {
            em.remove(em.find(Ticket.class, after));
            em.flush();
            events.markChanged(Ticket.class, after);
        });

        assertThat(application.outbox(before)).extracting(OutboxRow::operation).containsExactly("delete");
        assertThat(application.outbox(before))
                .extracting(OutboxRow::entityVersion)
                .containsExactly(0L);
        assertThat(application.outbox(after)).extracting(OutboxRow::operation).containsExactly("create", "delete");
        assertThat(application.outbox(after))
                .extracting(OutboxRow::entityVersion)
                .containsExactly(0L, 0L);
    }

    private static Long ticketWithoutForgetting() {
        return application.call(em -> {
            Ticket ticket = new Ticket("open");
            em.persist(ticket);
            return ticket.id;
        });
    }

    @Test
    void rootDeletedByJpaAndInsertedAgainBySqlIsAnUpdate() {
        Long id = ticket();

        application.run(em -> {
            em.remove(em.find(Ticket.class, id));
            em.flush();
            sql("insert into ticket (id, state, version) values (?, 'again', 0)", id);
            events.markChanged(Ticket.class, id);
        });

        assertThat(onlyRow().operation()).isEqualTo("update");
        assertThat(onlyRow().data().get("state").asString()).isEqualTo("again");
    }

    @Test
    void deleteUndoneByASavepointLeavesTheMark() {
        Long id = ticket();

        application.run(em -> {
            Session session = em.unwrap(Session.class);
            sql("update ticket set state = 'closed' where id = ?", id);
            events.markChanged(Ticket.class, id);
            Savepoint savepoint = session.doReturningWork(Connection::setSavepoint);
            em.remove(em.find(Ticket.class, id));
            em.flush();
            session.doWork(connection -> connection.rollback(savepoint));
            em.clear();
        });

        assertThat(onlyRow().operation()).isEqualTo("update");
        assertThat(onlyRow().data().get("state").asString()).isEqualTo("closed");
    }

    @Test
    void rootCreatedByJpaAndChangedBySqlIsACreate() {
        application.run(em -> {
            Ticket ticket = new Ticket("open");
            em.persist(ticket);
            em.flush();
            sql("update ticket set state = 'closed' where id = ?", ticket.id);
            events.markChanged(Ticket.class, ticket.id);
        });

        assertThat(onlyRow().operation()).isEqualTo("create");
        assertThat(onlyRow().data().get("state").asString()).isEqualTo("closed");
    }

    @Test
    void rootCreatedByJpaAndDeletedBySqlHasNoEvent() {
        application.run(em -> {
            Ticket ticket = new Ticket("open");
            em.persist(ticket);
            em.flush();
            sql("delete from ticket where id = ?", ticket.id);
            events.markChanged(Ticket.class, ticket.id);
        });

        assertThat(application.outbox()).isEmpty();
    }

    @Test
    void subclassOfTheRootIsAccepted() {
        application.run(em -> em.persist(new Crate(1, "fragile", 7, "wood")));
        application.forgetOutbox();

        application.run(em -> {
            sql("update crate set lid = 'steel' where id = 1");
            events.markChanged(Crate.class, 1);
        });

        assertThat(onlyRow().aggregateType()).isEqualTo("parcel");
        assertThat(onlyRow().data().get("lid").asString()).isEqualTo("steel");
    }

    @Test
    void rolledBackMarkLeavesNoEvent() {
        Long id = ticket();

        application.transaction().executeWithoutResult(status -> {
            sql("update ticket set state = 'closed' where id = ?", id);
            events.markChanged(Ticket.class, id);
            status.setRollbackOnly();
        });

        assertThat(application.outbox()).isEmpty();
        assertThat(versionInDatabase(id)).isZero();
    }

    @Test
    void markOutsideATransactionFails() {
        Long id = ticket();

        assertThatThrownBy(() -> events.markChanged(Ticket.class, id))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("There is no transaction in which a " + Ticket.class.getName())
                .hasMessageContaining("Call markChanged in the transaction that runs the SQL");
        TransactionTemplate supports = application.transaction();
        supports.setPropagationBehavior(TransactionDefinition.PROPAGATION_SUPPORTS);
        assertThatThrownBy(() -> supports.executeWithoutResult(status -> events.markChanged(Ticket.class, id)))
                .isInstanceOf(IllegalStateException.class);
        assertThat(application.outbox()).isEmpty();
    }

    @Test
    void idOfAnotherTypeFailsBeforeAnythingIsMarked() {
        Long id = ticket();

        application.run(em -> {
            assertThatThrownBy(() -> events.markChanged(Ticket.class, id, id.toString()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("The id " + id + " of type java.lang.String cannot be the id of a "
                            + Ticket.class.getName() + ", whose ids are of type java.lang.Long, so none of these"
                            + " aggregates is marked as changed. Pass ids of that type");
            assertThatThrownBy(() -> events.markChanged(Ticket.class, (Object) null))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("The id null of type null");
        });

        assertThat(application.outbox()).isEmpty();
    }

    @Test
    void classThatIsNotACapturedRootFailsWithTheClassToPass() {
        application.run(em -> {
            assertThatThrownBy(() -> events.markChanged(Agent.class, "Ada"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(Agent.class.getName() + " cannot be marked as changed")
                    .hasMessageContaining(Parcel.class.getName())
                    .hasMessageContaining(Ticket.class.getName());
            assertThatThrownBy(() -> events.markChanged(String.class, "Ada"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Captured are [");
            for (Class<?> part : List.of(Remark.class, Ticket.Attachment.class)) {
                assertThatThrownBy(() -> events.markChanged(part, 1L))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("Its rows belong to aggregates of [ticket]: pass the class and the id of"
                                + " their root");
            }
            assertThatThrownBy(() -> events.markChanged(Item.class, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Its rows belong to aggregates of [parcel]");
        });

        assertThat(application.outbox()).isEmpty();
    }

    @Test
    void marksCountTowardsTheMaximumOfTheTransaction() {
        assertThatThrownBy(() -> application.run(em -> events.markChanged(Ticket.class, 1L, 2L, 3L, 4L)))
                .isInstanceOf(OutboxException.class)
                .hasMessageContaining("outbox.capture.max-aggregates-per-transaction");
        assertThat(application.outbox()).isEmpty();
    }
}
