package dev.fullstate.outbox.bulk;

import java.sql.SQLException;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

import jakarta.persistence.EntityManager;
import jakarta.persistence.criteria.CriteriaBuilder;
import jakarta.persistence.criteria.CriteriaDelete;
import jakarta.persistence.criteria.CriteriaUpdate;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.query.sqm.mutation.internal.inline.InlineMutationStrategy;
import org.hibernate.query.sqm.sql.StandardSqmTranslatorFactory;
import org.hibernate.stat.Statistics;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.data.jpa.domain.DeleteSpecification;
import org.springframework.transaction.UnexpectedRollbackException;

import dev.fullstate.outbox.OutboxException;
import dev.fullstate.outbox.bulk.Item.Parcel;
import dev.fullstate.outbox.bulk.Ticket.Agent;
import dev.fullstate.outbox.bulk.Ticket.Attachment;
import dev.fullstate.outbox.bulk.Ticket.Remark;
import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.shop.OutboxRow;
import dev.fullstate.outbox.shop.ShopApplication;
import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Bulk statements change rows without Hibernate's events: on captured aggregates they are refused, unless allowed. */
@ExtendWith(OutputCaptureExtension.class)
class BulkOperationsIT {

    static PostgresServer postgres;
    static ShopApplication refusing;
    static ShopApplication warning;
    static ShopApplication allowing;

    /** A bulk statement, and the names that its refusal has. */
    record Statement(
            String name, String kind, Class<?> entity, String aggregate, ToIntFunction<EntityManager> execution) {

        @Override
        public String toString() {
            return name;
        }
    }

    @BeforeAll
    static void start() throws SQLException {
        postgres = SharedServers.postgres();
        refusing = Helpdesk.start(postgres, "refusing", "spring.jpa.properties.hibernate.generate_statistics=true");
        warning = Helpdesk.start(postgres, "warning", "outbox.capture.bulk-operations=warn");
        allowing = Helpdesk.start(postgres, "allowing", "outbox.capture.bulk-operations=allow");
    }

    @AfterAll
    static void stop() {
        refusing.close();
        warning.close();
        allowing.close();
    }

    @BeforeEach
    void forget() {
        refusing.forgetOutbox();
    }

    private static Statement ofTicket(String kind, ToIntFunction<EntityManager> execution, String name) {
        return new Statement(name, kind, Ticket.class, "ticket", execution);
    }

    private static Statement hql(String hql, Class<?> entity, String aggregate) {
        String kind = hql.substring(0, hql.indexOf(' '));
        return new Statement(
                hql, kind, entity, aggregate, em -> em.createQuery(hql).executeUpdate());
    }

    static Stream<Statement> statements() {
        return Stream.of(
                hql("update Ticket t set t.state = 'x'", Ticket.class, "ticket"),
                hql("update versioned Ticket t set t.state = 'x'", Ticket.class, "ticket"),
                hql("delete from Ticket", Ticket.class, "ticket"),
                hql("insert into Ticket (state, version) values ('x', 0)", Ticket.class, "ticket"),
                hql("insert into Ticket (state, version) select a.phone, 0 from Agent a", Ticket.class, "ticket"),
                hql("insert into Ticket (id, state, version) values (-1, 'x', 0)", Ticket.class, "ticket"),
                hql("update Remark r set r.text = 'x'", Remark.class, "ticket"),
                hql("delete from Remark", Remark.class, "ticket"),
                hql("delete from Attachment", Attachment.class, "ticket"),
                hql("update Parcel p set p.weight = 1", Parcel.class, "parcel"),
                hql("update Parcel p set p.weight = 1, p.label = 'x'", Parcel.class, "parcel"),
                hql("delete from Parcel", Parcel.class, "parcel"),
                hql("insert into Parcel (id, label, version, weight) values (-1, 'x', 0, 1)", Parcel.class, "parcel"),
                hql("update Crate c set c.lid = 'x'", Item.Crate.class, "parcel"),
                hql("update Item i set i.label = 'x'", Item.class, "parcel"),
                hql("delete from Item", Item.class, "parcel"),
                ofTicket("update", BulkOperationsIT::criteriaUpdate, "criteria update"),
                ofTicket("delete", BulkOperationsIT::criteriaDelete, "criteria delete"),
                ofTicket("update", em -> em.createNamedQuery("Ticket.reopenAll").executeUpdate(), "named query"),
                ofTicket(
                        "update",
                        em -> em.unwrap(Session.class)
                                .createMutationQuery("update Ticket set state = 'x'")
                                .executeUpdate(),
                        "mutation query of a session"));
    }

    private static int criteriaUpdate(EntityManager em) {
        CriteriaBuilder builder = em.getCriteriaBuilder();
        CriteriaUpdate<Ticket> update = builder.createCriteriaUpdate(Ticket.class);
        update.from(Ticket.class);
        return em.createQuery(update.set("state", "secret")).executeUpdate();
    }

    private static int criteriaDelete(EntityManager em) {
        CriteriaDelete<Ticket> delete = em.getCriteriaBuilder().createCriteriaDelete(Ticket.class);
        delete.from(Ticket.class);
        return em.createQuery(delete).executeUpdate();
    }

    @ParameterizedTest
    @MethodSource("statements")
    void statementOnACapturedAggregateIsRefusedEachTimeBeforeAnythingIsSent(Statement statement) {
        Statistics statistics = refusing.bean(SessionFactory.class).getStatistics();
        for (int time = 0; time < 2; time++) {
            refusing.transaction().executeWithoutResult(status -> {
                long sent = statistics.getPrepareStatementCount();
                assertThatThrownBy(() -> statement.execution().applyAsInt(refusing.entityManager()))
                        .isInstanceOf(OutboxException.class)
                        .hasMessageContaining("A bulk " + statement.kind() + " of "
                                + statement.entity().getName()
                                + " bypasses capture: it changes aggregates of [" + statement.aggregate() + "]");
                assertThat(statistics.getPrepareStatementCount()).isEqualTo(sent);
                status.setRollbackOnly();
            });
        }
    }

    @ParameterizedTest
    @MethodSource("statements")
    void statementRunsUnderThePolicyAllow(Statement statement) {
        allowing.transaction().executeWithoutResult(status -> {
            assertThat(statement.execution().applyAsInt(allowing.entityManager()))
                    .isNotNegative();
            status.setRollbackOnly();
        });
    }

    @ParameterizedTest
    @MethodSource("statements")
    void statementRunsWithAWarningUnderThePolicyWarn(Statement statement, CapturedOutput output) {
        warning.transaction().executeWithoutResult(status -> {
            assertThat(statement.execution().applyAsInt(warning.entityManager()))
                    .isNotNegative();
            status.setRollbackOnly();
        });

        assertThat(output.getOut())
                .contains("A bulk " + statement.kind() + " of "
                        + statement.entity().getName() + " bypasses capture");
    }

    @Test
    void refusalShowsTheStatementAndTheRemedies() {
        assertThatThrownBy(() -> refusing.run(em -> em.createQuery("delete from Ticket where state = 'closed'")
                        .executeUpdate()))
                .isInstanceOf(OutboxException.class)
                .hasMessage("A bulk delete of " + Ticket.class.getName() + " bypasses capture: it changes aggregates"
                        + " of [ticket] without an event, so it is refused: [delete from Ticket where state = 'closed']."
                        + " Load the entities and change them. Or set outbox.capture.bulk-operations=allow and, in the"
                        + " same transaction, name the changed aggregates with FullStateEvents.markChanged");
    }

    @Test
    void refusalOfACriteriaStatementDoesNotShowItsValues() {
        assertThatThrownBy(() -> refusing.run(BulkOperationsIT::criteriaUpdate))
                .isInstanceOf(OutboxException.class)
                .hasMessageContaining("so it is refused. Load the entities")
                .hasMessageNotContaining("secret");
    }

    @Test
    void refusalFailsTheTransactionEvenIfItIsCaught() {
        Long id = ticket();

        assertThatThrownBy(() -> refusing.run(em -> {
                    em.find(Ticket.class, id).state = "changed";
                    assertThatThrownBy(
                                    () -> em.createQuery("delete from Ticket").executeUpdate())
                            .isInstanceOf(OutboxException.class);
                }))
                .isInstanceOf(UnexpectedRollbackException.class);
        assertThat(refusing.outbox()).isEmpty();
    }

    private static Long ticket() {
        Long id = refusing.call(em -> {
            Ticket ticket = new Ticket("open", "first");
            em.persist(ticket);
            return ticket.id;
        });
        refusing.forgetOutbox();
        return id;
    }

    @Test
    void statementOfAStatelessSessionIsRefused() {
        SessionFactory factory = refusing.bean(SessionFactory.class);

        for (String hql : List.of("delete from Ticket", "update Parcel p set p.weight = 1")) {
            assertThatThrownBy(() -> factory.inStatelessTransaction(
                            session -> session.createMutationQuery(hql).executeUpdate()))
                    .isInstanceOf(OutboxException.class)
                    .hasMessageContaining("[" + hql + "]");
        }
    }

    @Test
    void bulkMethodsOfARepositoryAreRefused() {
        TicketRepository tickets = refusing.bean(TicketRepository.class);

        Stream.<Runnable>of(
                        () -> tickets.setState("x"),
                        () -> tickets.purge("x"),
                        tickets::reopenAll,
                        tickets::deleteAllInBatch,
                        () -> tickets.deleteAllByIdInBatch(List.of(1L)),
                        () -> tickets.delete(DeleteSpecification.<Ticket>unrestricted()))
                .forEach(method -> assertThatThrownBy(() -> refusing.run(em -> method.run()))
                        .hasRootCauseInstanceOf(OutboxException.class)
                        .hasStackTraceContaining("so it is refused"));
    }

    @Test
    void derivedDeleteOfARepositoryLoadsAndIsCaptured() {
        Long id = ticket();

        refusing.run(em -> refusing.bean(TicketRepository.class).deleteByState("open"));

        assertThat(refusing.outbox(id)).extracting(OutboxRow::operation).containsExactly("delete");
    }

    @Test
    void uncapturedEntityMayBeChangedInBulk() {
        refusing.run(em -> {
            em.createQuery("update Agent a set a.phone = null").executeUpdate();
            em.createQuery("insert into Agent (name) values ('Ada')").executeUpdate();
            em.createQuery("insert into Leaflet (id, label, version, pages) values (-2, 'l', 0, 3)")
                    .executeUpdate();
            assertThat(em.createQuery("update Leaflet l set l.pages = 4, l.label = 'm'")
                            .executeUpdate())
                    .isOne();
            CriteriaDelete<Agent> delete = em.getCriteriaBuilder().createCriteriaDelete(Agent.class);
            delete.from(Agent.class);
            assertThat(em.createQuery(delete).executeUpdate()).isOne();
            refusing.bean(TicketRepository.class).forgetPhones();
        });

        assertThat(refusing.outbox()).isEmpty();
    }

    @Test
    void nativeSqlIsNotRefusedBecauseItsTargetIsNotKnown() {
        Long id = ticket();

        refusing.run(em -> em.createNativeQuery("update ticket set state = 'x' where id = " + id)
                .executeUpdate());

        assertThat(refusing.outbox()).isEmpty();
    }

    @Test
    void applicationsTranslatorIsKeptAndTheStartWarnsThatItsStatementsAreNotChecked(CapturedOutput output)
            throws SQLException {
        String translator = StandardSqmTranslatorFactory.class.getName();
        try (ShopApplication own = Helpdesk.start(
                postgres, "translator", "spring.jpa.properties.hibernate.query.sqm.translator=" + translator)) {
            own.run(em -> em.createQuery("update Ticket t set t.state = 'x'").executeUpdate());
            assertThatThrownBy(() -> own.run(em ->
                            em.createQuery("update Parcel p set p.weight = 1").executeUpdate()))
                    .isInstanceOf(OutboxException.class);
        }

        assertThat(output.getOut())
                .contains("are not checked")
                .contains("Remove the setting hibernate.query.sqm.translator");
    }

    @Test
    void applicationsStrategyIsKeptAndItsStatementsAreChecked(CapturedOutput output) throws SQLException {
        String strategy = InlineMutationStrategy.class.getName();
        try (ShopApplication own = Helpdesk.start(
                postgres, "strategy", "spring.jpa.properties.hibernate.query.mutation_strategy=" + strategy)) {
            EntityPersister parcel = own.bean(SessionFactory.class)
                    .unwrap(SessionFactoryImplementor.class)
                    .getMappingMetamodel()
                    .getEntityDescriptor(Parcel.class);
            assertThat(parcel.getSqmMultiTableMutationStrategy().toString()).contains(strategy);
            assertThatThrownBy(() -> own.run(em ->
                            em.createQuery("update Parcel p set p.weight = 1").executeUpdate()))
                    .isInstanceOf(OutboxException.class);
        }

        assertThat(output.getOut()).doesNotContain("are not checked");
    }
}
