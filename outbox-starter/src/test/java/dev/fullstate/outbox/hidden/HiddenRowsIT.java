package dev.fullstate.outbox.hidden;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.List;

import org.hibernate.Session;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.annotation.Configuration;

import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.hidden.Contract.Clause;
import dev.fullstate.outbox.hidden.Memo.Remark;
import dev.fullstate.outbox.hidden.Ticket.Note;
import dev.fullstate.outbox.jobs.Job;
import dev.fullstate.outbox.republish.RepublishRequest;
import dev.fullstate.outbox.republish.Republisher;
import dev.fullstate.outbox.shop.OutboxRow;
import dev.fullstate.outbox.shop.ShopApplication;
import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Rows that a mapping hides for good count as deleted; rows that a filter hides for a while do not. */
class HiddenRowsIT {

    static PostgresServer postgres;
    static ShopApplication application;

    @Configuration(proxyBeanMethods = false)
    @EntityScan(basePackageClasses = Memo.class)
    static class Hidden {}

    @BeforeAll
    static void start() throws SQLException {
        postgres = SharedServers.postgres();
        application = ShopApplication.startWith(Hidden.class, postgres, "hidden");
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    @BeforeEach
    void empty() {
        application
                .jdbc()
                .sql("truncate memo, remark, contract, clause, ticket, note")
                .update();
        application.run(em -> {
            Memo memo = new Memo("m1", "text");
            memo.remarks.add(new Remark("r1"));
            memo.remarks.add(new Remark("r2"));
            em.persist(memo);
            em.persist(new Contract("c1", "first", "second"));
            Ticket ticket = new Ticket("t1");
            ticket.notes.add(new Note("n1", 1));
            ticket.notes.add(new Note("n2", 9));
            em.persist(ticket);
        });
        application.forgetOutbox();
    }

    private static OutboxRow onlyRow() {
        List<OutboxRow> rows = application.outbox();
        assertThat(rows).hasSize(1);
        return rows.get(0);
    }

    private static void assertDeleted(String id) {
        assertThat(onlyRow().aggregateId()).isEqualTo(id);
        assertThat(onlyRow().operation()).isEqualTo("delete");
        assertThat(onlyRow().payload()).isNull();
        assertThat(onlyRow().entityVersion()).isZero();
    }

    private static long rows(String table) {
        return application
                .jdbc()
                .sql("select count(*) from " + table)
                .query(Long.class)
                .single();
    }

    @Test
    void rootSoftDeletedByHibernateIsADelete() {
        application.run(em -> em.remove(em.find(Memo.class, "m1")));

        assertDeleted("m1");
        assertThat(rows("memo")).isEqualTo(1);
    }

    @Test
    void partSoftDeletedByHibernateVanishesFromTheState() {
        application.run(em -> em.find(Memo.class, "m1").remarks.remove(0));

        assertThat(onlyRow().operation()).isEqualTo("update");
        assertThat(onlyRow().payload()).isEqualTo("{\"id\":\"m1\",\"text\":\"text\",\"remarks\":[{\"id\":\"r2\"}]}");
        assertThat(rows("remark")).isEqualTo(2);
    }

    @Test
    void rootSoftDeletedByItsOwnSqlIsADelete() {
        application.run(em -> em.remove(em.find(Contract.class, "c1")));

        assertDeleted("c1");
        assertThat(rows("contract")).isEqualTo(1);
    }

    @Test
    void rootHiddenByAnOrdinaryUpdateIsADelete() {
        application.run(em -> em.find(Contract.class, "c1").deleted = true);

        assertDeleted("c1");
    }

    @Test
    void rootCreatedHiddenHasNoEvent() {
        application.run(em -> {
            Contract contract = new Contract("c2");
            contract.deleted = true;
            em.persist(contract);
        });

        assertThat(application.outbox()).isEmpty();
        assertThat(rows("contract")).isEqualTo(2);
    }

    /** Between savepoints, a transaction writes rows under another number. */
    @Test
    void rootThatIsSoftDeletedBetweenSavepointsIsADelete() {
        application.run(em -> {
            Session session = em.unwrap(Session.class);
            Savepoint savepoint = session.doReturningWork(Connection::setSavepoint);
            em.remove(em.find(Memo.class, "m1"));
            em.flush();
            session.doWork(connection -> connection.releaseSavepoint(savepoint));
        });
        assertDeleted("m1");
    }

    @Test
    void rootRestoredByARollbackToASavepointHasNoEvent() {
        application.run(em -> {
            Session session = em.unwrap(Session.class);
            Savepoint savepoint = session.doReturningWork(Connection::setSavepoint);
            em.find(Contract.class, "c1").deleted = true;
            em.flush();
            session.doWork(connection -> connection.rollback(savepoint));
            em.clear();
        });

        assertThat(application.outbox()).isEmpty();
    }

    @Test
    void partSoftDeletedByItsOwnSqlVanishesFromTheState() {
        application.run(em -> em.find(Contract.class, "c1").clauses.remove(0));

        assertThat(onlyRow().payload()).contains("\"clauses\":[{\"id\":\"second\",\"struck\":false}]");
        assertThat(rows("clause")).isEqualTo(2);
    }

    @Test
    void partHiddenByAnOrdinaryUpdateVanishesFromTheState() {
        application.run(em -> em.find(Clause.class, "first").struck = true);

        assertThat(onlyRow().operation()).isEqualTo("update");
        assertThat(onlyRow().payload()).contains("\"clauses\":[{\"id\":\"second\",\"struck\":false}]");
    }

    @Test
    void filtersNeitherThinOutAStateNorMakeItADelete() {
        application.run(em -> {
            em.unwrap(Session.class).enableFilter("loud");
            Ticket ticket = em.find(Ticket.class, "t1");
            assertThat(ticket.notes).hasSize(1);
            ticket.closed = true;
            em.find(Note.class, "n1").closed = true;
        });

        assertThat(onlyRow().operation()).isEqualTo("update");
        assertThat(onlyRow().payload())
                .isEqualTo(
                        "{\"id\":\"t1\",\"closed\":true,\"notes\":["
                                + "{\"id\":\"n1\",\"closed\":true,\"volume\":1},{\"id\":\"n2\",\"closed\":false,\"volume\":9}]}");
    }

    @Test
    void partBehindAFilterLeadsToItsRoot() {
        application.run(em -> em.find(Note.class, "n1").closed = true);

        assertThat(onlyRow().aggregateId()).isEqualTo("t1");
        assertThat(onlyRow().payload()).contains("{\"id\":\"n1\",\"closed\":true,\"volume\":1}");
    }

    @Test
    void partMovedInAOneWayAssociationPublishesBothRoots() {
        application.run(em -> em.persist(new Ticket("t2")));
        application.forgetOutbox();

        application.run(em -> {
            // Hibernate itself does not write collections that it may have seen in part.
            em.unwrap(Session.class).disableFilter("open");
            em.find(Ticket.class, "t2")
                    .notes
                    .add(em.find(Ticket.class, "t1").notes.remove(0));
        });

        assertThat(application.outbox())
                .extracting(OutboxRow::payload)
                .containsExactly(
                        "{\"id\":\"t1\",\"closed\":false,\"notes\":[{\"id\":\"n2\",\"closed\":false,\"volume\":9}]}",
                        "{\"id\":\"t2\",\"closed\":false,\"notes\":[{\"id\":\"n1\",\"closed\":false,\"volume\":1}]}");
    }

    @Test
    void rootLeftVisibleByItsOwnSqlIsAnUpdateUnderANewVersion() {
        application.run(em -> em.remove(em.find(Ticket.class, "t1")));

        assertThat(onlyRow().operation()).isEqualTo("update");
        assertThat(onlyRow().entityVersion()).isEqualTo(1);
        assertThat(onlyRow().payload()).contains("\"closed\":true");
    }

    @Test
    void republishPublishesTheSameAsTheLiveEvents() {
        application.run(em -> {
            em.remove(em.find(Memo.class, "m1"));
            em.find(Contract.class, "c1").deleted = true;
            em.find(Ticket.class, "t1").closed = true;
        });
        String live = application.outbox("t1").get(0).payload();
        application.forgetOutbox();

        Republisher republisher = application.bean(Republisher.class);
        var job = republisher.start(List.of(), "test");
        await().until(() -> republisher.find(job).orElseThrow().state() == Job.State.COMPLETED);

        assertThat(onlyRow().aggregateId()).isEqualTo("t1");
        assertThat(onlyRow().payload()).isEqualTo(live);
    }

    @Test
    void namedHiddenRootIsSkippedOrDeletedOnceMoreButNotPublished() {
        application.run(em -> em.remove(em.find(Memo.class, "m1")));
        application.forgetOutbox();
        Republisher republisher = application.bean(Republisher.class);

        var skipping = republisher.start(RepublishRequest.ofIds("memo", List.of("m1")), "test");
        await().until(() -> republisher.find(skipping).orElseThrow().state() == Job.State.COMPLETED);
        assertThat(republisher.find(skipping).orElseThrow().skippedCount()).isEqualTo(1);
        assertThat(application.outbox()).isEmpty();

        var deleting = republisher.start(
                new RepublishRequest(List.of("memo"), List.of("m1"), null, null, false, true), "test");
        await().until(() -> republisher.find(deleting).orElseThrow().state() == Job.State.COMPLETED);
        assertThat(onlyRow().aggregateId()).isEqualTo("m1");
        assertThat(onlyRow().operation()).isEqualTo("delete");
        assertThat(onlyRow().entityVersion()).isNull();
    }
}
