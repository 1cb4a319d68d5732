package dev.fullstate.outbox.relay;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.fullstate.outbox.relay.position.Lsn;

import static org.assertj.core.api.Assertions.assertThat;

/** Shows that the horizon, by which the service retires rows, covers no row before Kafka has its event. */
@ExtendWith(OutputCaptureExtension.class)
class HorizonIT extends RelayIntegrationTest {

    /** Steps through time until the horizon leaves that many rows out. */
    private void stepUntilUnpublished(SteppedRelay relay, int count) {
        relay.stepUntil(() -> {
            relay.moveTime(Duration.ofSeconds(1));
            return database.unnotedCount() == count;
        });
    }

    /** Steps until every horizon that the relay has read so far is published. */
    private void stepUntilAllWalIsPublished(SteppedRelay relay) throws SQLException {
        // A commit flushes all WAL before it to the disk, and so sends it to the relay.
        database.query("select pg_logical_emit_message(true, '', '')");
        Lsn end = database.walPosition();
        relay.stepUntil(() -> {
            relay.moveTime(Duration.ofSeconds(1));
            return !end.isAfter(relay.progress().published());
        });
    }

    /** Lets enough time pass for the relay to write a horizon that is due. */
    private static void passTime(SteppedRelay relay) {
        for (int i = 0; i < 60; i++) {
            relay.moveTime(Duration.ofSeconds(1));
            relay.step();
        }
    }

    /** Steps until a round notes no horizon any more, whatever WAL others write; returns when the last one was noted. */
    private String stepUntilNothingIsNoted(SteppedRelay relay) throws SQLException {
        String noted = "";
        String last;
        do {
            last = noted;
            stepUntilAllWalIsPublished(relay);
            passTime(relay);
            noted = Objects.requireNonNull(database.query("select updated_at from outbox_relay"));
        } while (!noted.equals(last));
        return noted;
    }

    @Test
    void horizonCoversEveryRowAfterTheLastEvent() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            for (int i = 0; i < 20; i++) {
                database.insert("a", "" + i);
            }
            stepUntilUnpublished(relay, 0);
            awaitPublished(20);
        }
        assertThat(database.query(
                        "select pipeline || ' ' || slot_name || ' ' || (published_lsn > '0/0') from outbox_relay"))
                .isEqualTo(database.name() + " " + database.name() + " true");
    }

    @Test
    void horizonIsNotWrittenWhileNothingIsPublished() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "1");
            stepUntilUnpublished(relay, 0);
            String noted = stepUntilNothingIsNoted(relay);
            database.execute("create table other as select n from generate_series(1, 1000) n");
            stepUntilAllWalIsPublished(relay);
            passTime(relay);
            assertThat(database.query("select updated_at from outbox_relay")).isEqualTo(noted);
        }
    }

    @Test
    void horizonLeavesOutAnOpenTransaction() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(database);
                Connection slow = database.connect()) {
            relay.stepUntil(RelayState.STREAMING);
            slow.setAutoCommit(false);
            OutboxDatabase.insert(slow, "slow", "1");
            database.insert("quick", "2");
            stepUntilUnpublished(relay, 0);
            passTime(relay);

            slow.commit();
            assertThat(database.unnotedCount()).isEqualTo(1);
            stepUntilUnpublished(relay, 0);
        }
        awaitPublished("2", "1");
    }

    @Test
    void horizonLeavesOutAnEventThatKafkaHasNotAcknowledged() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.keepingEventsBack(database)) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "1");
            relay.stepUntil(
                    () -> relay.progress().received().isAfter(relay.progress().published()));
            passTime(relay);
            int unpublished = database.unnotedCount();
            // Otherwise the relay would wait for the event when it is closed.
            database.terminateWalSender();
            relay.stepUntil(RelayState.RETRYING);
            assertThat(unpublished).isEqualTo(1);
        }
        assertThat(published()).isEmpty();
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            stepUntilUnpublished(relay, 0);
        }
        awaitPublished("1");
    }

    @Test
    void horizonLeavesOutATransactionThatKafkaRejects() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(database, Map.of("max.request.size", 10_000))) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "1");
            stepUntilUnpublished(relay, 0);
            database.insert("a", "x".repeat(10_000));
            database.insert("a", "3");
            relay.stepUntil(RelayState.RETRYING);
            passTime(relay);
            assertThat(database.unnotedCount()).isEqualTo(2);
        }
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            stepUntilUnpublished(relay, 0);
        }
        awaitPublished(3);
    }

    @Test
    void horizonLeavesOutRetainedRowsUntilTheFirstStartIsComplete() throws SQLException {
        database.insert("a", "1");
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.PUBLISHING_RETAINED);
            assertThat(database.query("select snapshot from outbox_relay")).isEqualTo("1:1:");
            assertThat(database.unnotedCount()).isEqualTo(1);

            relay.stepUntil(RelayState.STREAMING);
            stepUntilUnpublished(relay, 0);
        }
        awaitPublished("1");
    }

    @Test
    void horizonOfAnotherServerIsReplaced() throws SQLException {
        database.execute(
                "insert into outbox_relay (pipeline, slot_name, snapshot, published_lsn, system_identifier) values ('"
                        + database.name() + "', 'other', '900000000:900000000:', 'F/0', 42)");
        database.insert("a", "1");
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(() -> {
                relay.moveTime(Duration.ofSeconds(1));
                return "t"
                        .equals(database.query("select system_identifier = (select system_identifier from"
                                + " pg_control_system()) from outbox_relay"));
            });
            assertThat(database.unnotedCount()).isZero();
        }
        awaitPublished("1");
    }

    @Test
    void olderHorizonDoesNotReplaceANewerOne() throws SQLException {
        String later = "900000000:900000000:";
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            passTime(relay);
            database.execute("update outbox_relay set snapshot = '" + later + "'");
            database.insert("a", "1");
            relay.stepUntil(topic, 1);
            passTime(relay);
        }
        assertThat(database.query("select snapshot from outbox_relay")).isEqualTo(later);
    }

    @Test
    void relayThatMayNotWriteTheHorizonStillPublishesAndShowsTheGrant(CapturedOutput output) throws SQLException {
        String role = database.name() + "_relay";
        database.createRelayRole(role);
        try (SteppedRelay relay = SteppedRelay.of(database, Map.of(), wal -> SteppedRelay.as(role, wal))) {
            relay.stepUntil(RelayState.STREAMING);
            passTime(relay);
            database.execute("revoke update on outbox_relay from " + role);
            database.insert("a", "1");
            relay.stepUntil(topic, 1);
            passTime(relay);
            assertThat(relay.state()).isEqualTo(RelayState.STREAMING);
            assertThat(database.unnotedCount()).isEqualTo(1);
            relay.stepUntil(() -> {
                relay.moveTime(Duration.ofSeconds(1));
                return output.getAll().contains("GRANT SELECT");
            });
            assertThat(output).containsOnlyOnce("GRANT SELECT, INSERT, UPDATE ON public.outbox_relay TO " + role + ";");

            database.execute("grant update on outbox_relay to " + role);
            stepUntilUnpublished(relay, 0);
        }
    }

    @Test
    void relayDoesNotWaitForALockOnTheHorizon() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(database);
                Connection holder = database.connect()) {
            relay.stepUntil(RelayState.STREAMING);
            passTime(relay);
            holder.setAutoCommit(false);
            try (var statement = holder.createStatement()) {
                statement.execute("select from outbox_relay for update");
            }
            database.insert("a", "1");
            relay.stepUntil(topic, 1);
            passTime(relay);
            database.insert("a", "2");
            relay.stepUntil(topic, 2);
            assertThat(relay.state()).isEqualTo(RelayState.STREAMING);

            holder.rollback();
            stepUntilUnpublished(relay, 0);
        }
    }
}
