package dev.fullstate.outbox.relay;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.relay.position.Lsn;

import static org.assertj.core.api.Assertions.assertThat;

/** Keeps the database busy beside an idle outbox. */
class IdleOutboxIT extends RelayIntegrationTest {

    @Test
    void walOfOtherTablesIsReleasedWhileTheOutboxIsIdle() throws SQLException {
        database.execute("create table other (text text)");
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            database.execute("insert into other select repeat('x', 1000) from generate_series(1, 10000)");
            Lsn written = database.walPosition();

            relay.stepUntil(() -> {
                relay.moveTime(Duration.ofSeconds(1));
                return !written.isAfter(database.confirmed());
            });
            assertThat(relay.state()).isEqualTo(RelayState.STREAMING);
        }
    }

    @Test
    void eventsArePublishedAfterARelease() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            Lsn before = database.confirmed();
            database.execute("create table other as select n from generate_series(1, 1000) n");
            relay.stepUntil(() -> {
                relay.moveTime(Duration.ofSeconds(1));
                return database.confirmed().isAfter(before);
            });
        }
        database.insert("a", "1");
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(topic, 1);
        }
        assertThat(published()).containsExactly("1");
    }

    @Test
    void releaseDoesNotSkipAnOpenTransaction() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(database);
                Connection slow = database.connect()) {
            relay.stepUntil(RelayState.STREAMING);
            slow.setAutoCommit(false);
            OutboxDatabase.insert(slow, "a", "1");
            database.execute("create table other as select n from generate_series(1, 1000) n");
            Lsn written = database.walPosition();
            relay.stepUntil(() -> {
                relay.moveTime(Duration.ofSeconds(1));
                return !written.isAfter(database.confirmed());
            });
            database.terminateWalSender();
            slow.commit();
            relay.stepUntil(topic, 1);
        }
        assertThat(published()).containsExactly("1");
    }

    @Test
    void droppedPublicationStopsTheConfirmation() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            database.execute("drop publication outbox");
            Lsn confirmed = database.confirmed();
            database.insert("a", "lost from the stream");
            relay.stepUntil(() -> {
                relay.moveTime(Duration.ofSeconds(1));
                // Before PostgreSQL 18, the stream breaks off first.
                return relay.state() == RelayState.RETRYING
                        && relay.problem().remedy().contains("CREATE PUBLICATION outbox FOR TABLE");
            });
            assertThat(database.confirmed()).isEqualTo(confirmed);
        }
    }

    @Test
    void rowsWrittenWhileThePublicationWasReplacedAreFoundInTheTable() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            database.execute("drop publication outbox");
            database.insert("a", "written in between");
            database.execute("create publication outbox for table outbox"
                    + " with (publish = 'insert', publish_via_partition_root = true)");
            relay.stepUntil(() -> {
                relay.moveTime(Duration.ofSeconds(1));
                return topic.all().size() == 1;
            });
        }
        assertThat(published()).containsExactly("written in between");
    }
}
