package dev.fullstate.outbox.capture;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;

import jakarta.persistence.EntityManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.transaction.support.TransactionTemplate;

import dev.fullstate.outbox.shop.Box;
import dev.fullstate.outbox.shop.Line;
import dev.fullstate.outbox.shop.Purchase;
import dev.fullstate.outbox.shop.Shelf;
import dev.fullstate.outbox.shop.ShopApplication;
import dev.fullstate.outbox.shop.Warehouse;
import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A transaction with a time-out does not wait longer than that, whichever of the capture's statements has to wait. */
class TransactionTimeoutIT {

    private static final UUID ID = new UUID(0, 1);

    static PostgresServer postgres;
    static ShopApplication shop;
    static Long lineId;

    /** A lock that another transaction holds, and the change that waits for it. */
    @SuppressWarnings("ImmutableEnumChecker") // lambdas without state
    private enum Place {
        HIBERNATES_OWN(
                "update line set quantity = 1",
                em -> em.createNativeQuery("update line set quantity = quantity + 1")
                        .executeUpdate()),
        GUARD_OF_A_PART("update line set quantity = 1", TransactionTimeoutIT::changePart),
        LOCK("update purchase set reference = 'held'", TransactionTimeoutIT::changePart),
        COLLECTION("lock table purchase_notes", TransactionTimeoutIT::changePart),
        OUTBOX("lock table outbox", TransactionTimeoutIT::changePart),
        OWNER_OF_A_PART("lock table shelf_boxes", em -> em.find(Box.class, "x").setWeight(7)),
        OWNER_OF_A_DELETED_PART("lock table shelf_boxes", em -> em.remove(em.find(Box.class, "x")));

        private final String held;
        private final Consumer<EntityManager> change;

        Place(String held, Consumer<EntityManager> change) {
            this.held = held;
            this.change = change;
        }
    }

    @BeforeAll
    static void start() throws SQLException {
        // The test then ends even where nothing else ends the wait.
        postgres = PostgresServer.start(0, Map.of("statement_timeout", "120s"));
        shop = ShopApplication.start(postgres, "timeouts", "logging.level.org.hibernate=off");
        lineId = shop.call(em -> {
            Purchase purchase = new Purchase(ID, "ref", null);
            purchase.add("apple", 1);
            em.persist(purchase);
            Warehouse warehouse = new Warehouse(1, "north");
            Shelf shelf = new Shelf("s", 1);
            shelf.getBoxes().add(new Box("x", 1));
            warehouse.getShelves().add(shelf);
            em.persist(warehouse);
            em.flush();
            return purchase.line("apple").getId();
        });
        // Work that is done for the first time takes longer, and the time could be over before the wait begins.
        shop.run(TransactionTimeoutIT::changePart);
        shop.run(em -> em.find(Box.class, "x").setWeight(2));
        shop.forgetOutbox();
    }

    @AfterAll
    static void stop() {
        shop.close();
        postgres.close();
    }

    private static void changePart(EntityManager em) {
        Line line = em.find(Line.class, lineId);
        line.setQuantity(line.getQuantity() + 2);
    }

    @ParameterizedTest
    @EnumSource
    void waitEndsWithTheTimeoutOfTheTransaction(Place place) throws SQLException {
        TransactionTemplate template = shop.transaction();
        template.setTimeout(2);
        try (Connection other = DriverManager.getConnection(
                        postgres.jdbcUrl("timeouts"), postgres.username(), postgres.password());
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute(place.held);
            long began = System.nanoTime();

            assertThatThrownBy(() -> template.executeWithoutResult(status -> place.change.accept(shop.entityManager())))
                    .satisfiesAnyOf(
                            failure -> assertThat(failure).isInstanceOf(QueryTimeoutException.class),
                            // Before the commit, exceptions are Hibernate's own.
                            failure ->
                                    assertThat(failure).hasCauseInstanceOf(org.hibernate.QueryTimeoutException.class));

            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(100));
            other.rollback();
        }
        assertThat(shop.outbox()).isEmpty();
    }
}
