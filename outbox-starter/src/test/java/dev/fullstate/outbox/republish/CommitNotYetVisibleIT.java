package dev.fullstate.outbox.republish;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.shop.OutboxRow;
import dev.fullstate.outbox.shop.Purchase;
import dev.fullstate.outbox.shop.ShopApplication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A commit is in the WAL, where the relay reads it, before other transactions see it: long before, with a synchronous standby.
 * A job that reads in between reads an old state, and must not publish it after the new one.
 */
class CommitNotYetVisibleIT extends RepublishTest {

    private static void setStandby(String name) throws SQLException {
        try (Connection connection = postgres.connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("set synchronous_commit = local");
            statement.execute("alter system set synchronous_standby_names = '" + name + "'");
            statement.execute("select pg_reload_conf()");
        }
    }

    @AfterEach
    void release() throws SQLException {
        setStandby("");
    }

    private record Commit(String reference, CompletableFuture<Void> visible) {}

    /** Changes the purchase, and writes the event of it, until a commit is held: the server takes a moment to see its setting. */
    private static Commit heldCommit(UUID id) {
        for (int attempt = 0; ; attempt++) {
            String reference = "new" + attempt;
            CompletableFuture<Void> commit = CompletableFuture.runAsync(() -> write(id, reference));
            await().until(() -> commit.isDone() || isHeld());
            if (!commit.isDone()) {
                return new Commit(reference, commit);
            }
        }
    }

    private static boolean isHeld() {
        return shop.jdbc()
                .sql("select exists (select from pg_stat_activity where wait_event = 'SyncRep')")
                .query(Boolean.class)
                .single();
    }

    private static void write(UUID id, String reference) {
        try (Connection writer = postgres.connect("republish");
                Statement statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            statement.execute("update purchase set version = version + 1, reference = '" + reference
                    + "' where purchase_id = '" + id + "'");
            statement.execute(
                    "insert into outbox (id, aggregatetype, aggregateid, type, payload, source, changeid, operation,"
                            + " entityversion) select gen_random_uuid(), 'purchase', purchase_id::text, 'T', '{}',"
                            + " 'urn:x', gen_random_uuid(), 'update', version from purchase where purchase_id = '" + id
                            + "'");
            writer.commit();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void olderStateIsNotPublishedAfterACommitThatIsNotVisibleYet() throws Exception {
        shop.close();
        // All but the writer: they commit without the standby.
        shop = ShopApplication.startAgain(
                postgres,
                "republish",
                "outbox.republish.chunk-size=3",
                "outbox.republish.poll-interval=100ms",
                "spring.datasource.hikari.connection-init-sql=set synchronous_commit = local");
        List<UUID> ids = purchases(2);
        UUID held = ids.get(0);
        setStandby("nobody");
        Commit commit = heldCommit(held);
        assertThat(shop.<String>call(em -> em.find(Purchase.class, held).getReference()))
                .isNotEqualTo(commit.reference());

        UUID job = republisher().start(List.of("purchase"), "test");
        await().until(() -> job(job).publishedCount() >= 1);
        RepublishJob waiting = job(job);
        setStandby("");
        commit.visible().join();
        RepublishJob end = ended(job);

        List<OutboxRow> rows = shop.outbox(held);
        assertThat(rows).extracting(OutboxRow::entityVersion).isSorted();
        OutboxRow last = rows.get(rows.size() - 1);
        assertThat(last.republishId()).isEqualTo(job);
        assertThat(last.data().get("reference").asString()).isEqualTo(commit.reference());
        assertThat(waiting.publishedCount()).isEqualTo(1);
        assertThat(waiting.pendingCount()).isEqualTo(1);
        assertThat(end.publishedCount()).isEqualTo(2);
    }
}
