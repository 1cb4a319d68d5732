package dev.fullstate.outbox.republish;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.shop.OutboxRow;
import dev.fullstate.outbox.shop.Purchase;
import dev.fullstate.outbox.shop.ShopApplication;
import dev.fullstate.outbox.test.PostgresServer;

import static org.awaitility.Awaitility.await;

/** The shop on a database of its own, with nothing in it before each test. */
public abstract class RepublishTest {

    protected static final int CHUNK = 3;
    protected static final String[] OPTIONS = {
        "outbox.republish.chunk-size=" + CHUNK,
        "outbox.republish.lock-timeout=1s",
        "outbox.republish.poll-interval=100ms",
        "outbox.payload.max-size=2000B"
    };

    protected static PostgresServer postgres;
    protected static ShopApplication shop;

    @BeforeAll
    static void start() throws SQLException {
        postgres = SharedServers.postgres();
        shop = ShopApplication.start(postgres, "republish", OPTIONS);
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    @BeforeEach
    void empty() {
        // No thread may work on the rows of the last test while they are removed.
        republisher().stop();
        shop.jdbc()
                .sql("truncate purchase, line, purchase_notes, warehouse, shelf, box, shelf_boxes, permit, seat,"
                        + " outbox_job, outbox_job_slice, outbox_job_item, outbox_job_action, outbox_job_end")
                .update();
        shop.forgetOutbox();
        republisher().start();
    }

    /** Creates purchases and empties the outbox; returns the ids in their order. */
    protected static List<UUID> purchases(int count) {
        List<UUID> ids = IntStream.range(0, count)
                .mapToObj(i -> shop.<UUID>call(em -> {
                    Purchase purchase = new Purchase("r" + i, null);
                    purchase.add("apple", i);
                    em.persist(purchase);
                    return purchase.getPurchaseId();
                }))
                .toList();
        shop.forgetOutbox();
        return shop.jdbc().sql("select purchase_id from purchase order by 1").query(UUID.class).list().stream()
                .filter(ids::contains)
                .toList();
    }

    protected static Republisher republisher() {
        return shop.bean(Republisher.class);
    }

    protected static RepublishJob job(UUID id) {
        return republisher().find(id).orElseThrow();
    }

    protected static RepublishJob ended(UUID id) {
        return await().until(() -> job(id), job -> job.state().isFinal());
    }

    protected static RepublishJob ended(RepublishRequest request) {
        return ended(republisher().start(request, "test"));
    }

    protected static List<String> publishedIds() {
        return shop.outbox().stream().map(OutboxRow::aggregateId).toList();
    }

    protected static List<String> texts(List<UUID> ids) {
        return ids.stream().map(UUID::toString).toList();
    }

    /** Opens a connection with a transaction that has run a statement and stays open. */
    protected static Connection holding(String sql) throws SQLException {
        Connection connection = postgres.connect("republish");
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
        return connection;
    }

    /** Opens a connection whose transaction keeps every chunk from being written until it ends. */
    protected static Connection holdingTheOutbox() throws SQLException {
        return holding("lock table outbox in share mode");
    }

    /** Waits until so many of the application's statements that contain this wait for a lock. */
    protected static void awaitWaiting(int count, String statement) {
        await().until(
                        () -> shop.jdbc()
                                .sql("select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
                                        + " and query ilike :query and datname = 'republish'")
                                .param("query", "%" + statement + "%")
                                .query(Integer.class)
                                .single(),
                        waiting -> waiting == count);
    }
}
