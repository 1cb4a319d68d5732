package dev.fullstate.outbox.retention;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.fullstate.outbox.harness.outbox.OutboxInsert;
import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.retention.OutboxState.Leaf;
import dev.fullstate.outbox.retention.OutboxState.Pipeline;
import dev.fullstate.outbox.store.Database;
import dev.fullstate.outbox.store.OutboxDatabase;

import static org.assertj.core.api.Assertions.assertThat;

/** The state shows the days of the ring, the pipelines, and the oldest row that a pipeline may not have published. */
class OutboxStateIT {

    private static final String RELAY = "relay";

    private OutboxDatabase database;

    @BeforeEach
    void migrate() throws SQLException {
        database = new OutboxDatabase(SharedServers.postgres());
    }

    @AfterEach
    void disconnect() throws SQLException {
        database.close();
    }

    private OutboxState state() {
        Retention.Options options = new Retention.Options(true, Duration.ofDays(7), Duration.ofMinutes(1));
        return new Retention(new Database(database.application()), options).state();
    }

    @Test
    void stateShowsTheAgeOfTheOldestUnpublishedRow() throws SQLException {
        database.insert(3);
        database.notePublished(RELAY);
        assertThat(state().oldestUnpublished()).isNull();

        database.insert(2);
        database.insert(1);
        OutboxState behind = state();
        assertThat(behind.oldestUnpublishedAge())
                .isBetween(Duration.ofDays(2), Duration.ofDays(2).plusMinutes(1));
        assertThat(behind.pipelines()).hasSize(1).first().satisfies(pipeline -> {
            assertThat(pipeline.name()).isEqualTo(RELAY);
            assertThat(pipeline.slotActive()).isFalse();
            assertThat(pipeline.unconfirmedBytes()).isNull();
            assertThat(pipeline.oldestUnpublished()).isEqualTo(behind.oldestUnpublished());
        });

        database.notePublished(RELAY);
        assertThat(state().oldestUnpublished()).isNull();
    }

    @Test
    void rowOfATransactionRunningInTheRelaysSnapshotCountsAsUnpublished() throws SQLException {
        try (Connection slow = database.connect()) {
            slow.setAutoCommit(false);
            OutboxDatabase.insert(slow, 5, 5);
            database.insert(0);
            database.notePublished(RELAY);
            assertThat(state().oldestUnpublished()).isNull();
            slow.commit();
        }
        assertThat(state().oldestUnpublishedAge()).isGreaterThanOrEqualTo(Duration.ofDays(5));
    }

    @Test
    void withoutARelayTheOldestRowCountsAsUnpublished() throws SQLException {
        database.insert(4);
        OutboxState state = state();
        assertThat(state.pipelines()).isEmpty();
        assertThat(state.oldestUnpublishedAge()).isGreaterThanOrEqualTo(Duration.ofDays(4));
    }

    /** SQL by hand may say of a row that it was written at any time; the ages are those of the other rows. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "infinity",
                "-infinity",
                "20000-01-01 00:00:00+00",
                "0001-01-01 00:00:00+00",
                "4713-01-01 00:00:00+00 BC"
            })
    void impossibleTimeOfARowIsNotAnAge(String time) throws SQLException {
        String impossible =
                OutboxInsert.row().with("created_at", "'" + time + "'").sql();
        database.execute(impossible);
        assertThat(state().oldestUnpublishedAge()).isZero();
        assertThat(OutboxReach.now(database.application(), null).oldest()).isNull();

        database.insert(2);
        database.notePublished(RELAY, "3:3:");
        assertThat(state().oldestUnpublishedAge())
                .isBetween(Duration.ofDays(2), Duration.ofDays(2).plusMinutes(1));
        assertThat(RelayLag.oldestUnpublishedAge(database.application()))
                .isBetween(Duration.ofDays(2), Duration.ofDays(2).plusMinutes(1));
        assertThat(OutboxReach.now(database.application(), null))
                .satisfies(reach -> assertThat(Duration.between(reach.oldest(), reach.now()))
                        .isBetween(Duration.ofDays(2), Duration.ofDays(2).plusMinutes(1)));
    }

    @Test
    void stateHasAllDaysOfTheRingAndTheSlot() throws SQLException {
        database.query("select pg_create_physical_replication_slot('slot')");
        try {
            database.insert(0);
            database.notePublished(RELAY);
            database.awaitStatistics();
            OutboxState state = state();
            assertThat(state.leaves())
                    .extracting(Leaf::daysAgo)
                    .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
            assertThat(state.leaves().get(0).day())
                    .isEqualTo(database.query("select (now() at time zone 'utc')::date"));
            assertThat(state.leaves()).extracting(Leaf::rowCount).startsWith(1L, 0L);
            assertThat(state.leaves().get(0).sizeBytes())
                    .isGreaterThan(state.leaves().get(1).sizeBytes());
            assertThat(state.leaves()).extracting(Leaf::overdue).containsOnly(false);
            assertThat(state.pipelines()).extracting(Pipeline::ofThisServer).containsExactly(true);
        } finally {
            database.query("select pg_drop_replication_slot('slot')");
        }
    }
}
