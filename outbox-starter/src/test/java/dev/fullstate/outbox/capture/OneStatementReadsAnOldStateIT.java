package dev.fullstate.outbox.capture;

import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.session.RoundTrip;
import dev.fullstate.outbox.shop.Purchase;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Why the version is raised and the state is read by statements of their own, although they share a request (docs/adr/0042). */
class OneStatementReadsAnOldStateIT extends ShopTest {

    private static final String RAISE =
            "update purchase set version = version + 1 where purchase_id = cast(? as uuid) returning purchase_id";

    @Test
    void statementsOfOneRequestSeeWhatTheLockHasWaitedFor() throws Exception {
        assertThat(quantityReadBy(
                        List.of(RAISE, "select quantity from line where purchase_purchase_id = cast(? as uuid)")))
                .isEqualTo(2);
    }

    @Test
    void oneStatementSeesTheStateFromBeforeItsWait() throws Exception {
        assertThat(quantityReadBy(List.of("with raised as (" + RAISE
                        + ") select quantity from line join raised on raised.purchase_id = line.purchase_purchase_id")))
                .isEqualTo(1);
    }

    /**
     * Changes a part of a purchase in one transaction while another one waits for its root.
     *
     * @param queries of the other one; the last one reads the part
     */
    private static int quantityReadBy(List<String> queries) throws Exception {
        UUID id = shop.call(em -> {
            Purchase purchase = new Purchase("ref", null);
            purchase.add("a", 1);
            em.persist(purchase);
            return purchase.getPurchaseId();
        });
        ExecutorService other = Executors.newSingleThreadExecutor();
        try (Connection connection = shop.bean(DataSource.class).getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("update purchase set version = version + 1 where purchase_id = '" + id + "'");
            statement.execute("update line set quantity = 2 where purchase_purchase_id = '" + id + "'");

            Future<Integer> read = other.submit(() -> requireNonNull(
                    shop.call(em -> send(em.unwrap(SharedSessionContractImplementor.class), id, queries))));
            await().until(() -> shop.jdbc()
                            .sql("select count(*) from pg_stat_activity"
                                    + " where wait_event_type = 'Lock' and datname = current_database()")
                            .query(Integer.class)
                            .single()
                    == 1);
            connection.commit();

            return read.get(1, TimeUnit.MINUTES);
        } finally {
            other.shutdownNow();
        }
    }

    private static int send(SharedSessionContractImplementor session, UUID id, List<String> queries) {
        int[] quantity = new int[1];
        RoundTrip trip = new RoundTrip(session, true);
        queries.forEach(query -> trip.add(
                query,
                (statement, index) -> {
                    statement.setString(index, id.toString());
                    return index + 1;
                },
                rows -> {
                    assertThat(rows.next()).isTrue();
                    if (query.contains("select quantity")) {
                        quantity[0] = rows.getInt("quantity");
                    }
                }));
        trip.send();
        return quantity[0];
    }
}
