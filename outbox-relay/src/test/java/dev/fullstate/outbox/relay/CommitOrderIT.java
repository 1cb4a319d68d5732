package dev.fullstate.outbox.relay;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;

import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.harness.outbox.OutboxInsert;

import static org.assertj.core.api.Assertions.assertThat;

/** Shows that the relay publishes committed rows, in the order of their commits, and no others. */
class CommitOrderIT extends RelayIntegrationTest {

    @Test
    void rolledBackRowsAreNotPublished() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(database);
                Connection writer = database.connect()) {
            relay.stepUntil(RelayState.STREAMING);
            writer.setAutoCommit(false);
            OutboxDatabase.insert(writer, "a", "rolled back");
            writer.rollback();
            OutboxDatabase.insert(writer, "a", "1");
            Savepoint savepoint = writer.setSavepoint();
            OutboxDatabase.insert(writer, "a", "rolled back to the savepoint");
            writer.rollback(savepoint);
            OutboxDatabase.insert(writer, "a", "2");
            writer.commit();
            relay.stepUntil(topic, 2);
        }
        assertThat(published()).containsExactly("1", "2");
    }

    @Test
    void interleavedTransactionsArePublishedInCommitOrder() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(database);
                Connection first = database.connect();
                Connection second = database.connect()) {
            relay.stepUntil(RelayState.STREAMING);
            first.setAutoCommit(false);
            second.setAutoCommit(false);
            OutboxDatabase.insert(first, "a", "first 1");
            OutboxDatabase.insert(second, "b", "second 1");
            OutboxDatabase.insert(first, "a", "first 2");
            OutboxDatabase.insert(second, "b", "second 2");
            second.commit();
            first.commit();
            relay.stepUntil(topic, 4);
        }
        assertThat(published()).containsExactly("second 1", "second 2", "first 1", "first 2");
    }

    @Test
    void transactionOpenAcrossARestartArrivesWhole() throws SQLException {
        try (Connection slow = database.connect()) {
            try (SteppedRelay relay = SteppedRelay.of(database)) {
                relay.stepUntil(RelayState.STREAMING);
                slow.setAutoCommit(false);
                OutboxDatabase.insert(slow, "slow", "slow 1");
                database.insert("quick", "quick");
                relay.stepUntil(topic, 1);
            }
            OutboxDatabase.insert(slow, "slow", "slow 2");
            slow.commit();
            try (SteppedRelay relay = SteppedRelay.of(database)) {
                relay.stepUntil(topic, 3);
            }
        }
        assertThat(published()).containsExactly("quick", "slow 1", "slow 2");
    }

    @Test
    void rowsOfOneStatementKeepTheirOrder() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            database.execute(OutboxInsert.rows(5000).with("payload", "n::text"));
            relay.stepUntil(topic, 5000);
        }
        assertThat(topic.all())
                .extracting(event -> event.headers().get("ce_sequence"))
                .isSorted()
                .doesNotHaveDuplicates();
    }
}
