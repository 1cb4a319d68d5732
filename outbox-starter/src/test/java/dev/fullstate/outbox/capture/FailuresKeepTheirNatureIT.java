package dev.fullstate.outbox.capture;

import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

import jakarta.persistence.EntityManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.DataAccessException;

import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.shop.Box;
import dev.fullstate.outbox.shop.Line;
import dev.fullstate.outbox.shop.Purchase;
import dev.fullstate.outbox.shop.Shelf;
import dev.fullstate.outbox.shop.ShopApplication;
import dev.fullstate.outbox.shop.Warehouse;
import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * A failure of the database reaches the caller as the data access exception that the same failure of one of Hibernate's own
 * statements is, so code that retries the one retries the other.
 */
class FailuresKeepTheirNatureIT {

    private static final UUID ID = new UUID(0, 1);

    static final FailingStatements failing = new FailingStatements();
    static PostgresServer postgres;
    static ShopApplication shop;

    @Configuration(proxyBeanMethods = false)
    static class Failing {

        @Bean
        static FailingStatements failingStatements() {
            return failing;
        }
    }

    /** The statements that capture sends, each with the change that leads to it. */
    @SuppressWarnings("ImmutableEnumChecker") // lambdas without state
    private enum Place {
        GUARD_OF_A_PART("for no key update of part", FailuresKeepTheirNatureIT::changePart),
        OWNER_OF_A_PART("from shelf .*join.*box", (em, armed) -> {
            em.find(Box.class, "x").setWeight(Math.random());
            em.flush();
            armed.run();
        }),
        OWNER_OF_A_DELETED_PART("select 1 from shelf_boxes", (em, armed) -> {
            em.remove(em.find(Box.class, "x"));
            armed.run();
        }),
        LOCK("set version", FailuresKeepTheirNatureIT::changeAndFlushPart),
        ROOT("from purchase ", FailuresKeepTheirNatureIT::changeAndFlushPart),
        PARTS("from line ", FailuresKeepTheirNatureIT::changeAndFlushPart),
        COLLECTION("from purchase_notes ", FailuresKeepTheirNatureIT::changeAndFlushPart),
        OUTBOX("insert into .*outbox", FailuresKeepTheirNatureIT::changeAndFlushPart);

        private final String statement;
        private final BiConsumer<EntityManager, Runnable> change;

        Place(String statement, BiConsumer<EntityManager, Runnable> change) {
            this.statement = statement;
            this.change = change;
        }
    }

    @BeforeAll
    static void start() throws SQLException {
        postgres = SharedServers.postgres();
        shop = ShopApplication.startWith(Failing.class, postgres, "failing", "logging.level.org.hibernate=off");
        shop.run(em -> {
            Purchase purchase = new Purchase(ID, "ref", null);
            purchase.add("apple", 1);
            purchase.getNotes().add("note");
            em.persist(purchase);
            Warehouse warehouse = new Warehouse(1, "north");
            Shelf shelf = new Shelf("s", 1);
            shelf.getBoxes().add(new Box("x", 1));
            warehouse.getShelves().add(shelf);
            em.persist(warehouse);
        });
    }

    @BeforeEach
    void forget() {
        shop.forgetOutbox();
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    static Stream<Arguments> failures() {
        List<String> states = List.of(
                "40001", "40P01", "55P03", "57014", "57P01", "08006", "08003", "53300", "53200", "25P02", "XX000");
        return states.stream().flatMap(state -> Stream.of(Place.values()).map(place -> arguments(state, place)));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void callerGetsTheSameExceptionAsFromAStatementOfHibernatesOwn(String sqlState, Place place) {
        DataAccessException own = failed("update line", sqlState, FailuresKeepTheirNatureIT::changePart);

        DataAccessException ours = failed(place.statement, sqlState, place.change);

        assertThat(ours).hasSameClassAs(own);
        assertThat(ours.getMostSpecificCause())
                .isInstanceOfSatisfying(
                        SQLException.class,
                        cause -> assertThat(cause.getSQLState()).isEqualTo(sqlState));
        assertThat(shop.outbox()).isEmpty();
    }

    private static DataAccessException failed(
            String statement, String sqlState, BiConsumer<EntityManager, Runnable> change) {
        Throwable failure =
                catchThrowable(() -> shop.run(em -> change.accept(em, () -> failing.next(statement, sqlState))));
        assertThat(failing.isPending()).as("no statement matched " + statement).isFalse();
        assertThat(failure).isInstanceOf(DataAccessException.class);
        return (DataAccessException) failure;
    }

    private static void changePart(EntityManager em, Runnable armed) {
        line(em).setQuantity(2 + line(em).getQuantity());
        armed.run();
    }

    private static void changeAndFlushPart(EntityManager em, Runnable armed) {
        line(em).setQuantity(2 + line(em).getQuantity());
        em.flush();
        armed.run();
    }

    private static Line line(EntityManager em) {
        return em.find(Purchase.class, ID).line("apple");
    }
}
