package dev.fullstate.outbox.relay;

import java.sql.SQLException;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Consumers with isolation read_committed see every event, and none of them twice, whatever happens to the relay. */
class ExactlyOnceIT extends RelayIntegrationTest {

    @Test
    void eventsThatWerePublishedButNotConfirmedAreNotPublishedAgain() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "1");
            database.insert("a", "2");
            relay.stepUntil(topic, 2);

            database.terminateWalSender();
            relay.stepUntil(RelayState.RETRYING);
            database.insert("a", "3");
            relay.stepUntil(topic, 3);
        }
        assertThat(published()).containsExactly("1", "2", "3");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 700, 2_500})
    void transactionThatWasPublishedByHalfGoesOnWhereItWasLeft(int enough) throws SQLException {
        int count = 3_000;
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            // Of one statement, so all rows have one position in the WAL; several times what may be in flight.
            database.execute(
                    "insert into outbox (id, aggregatetype, aggregateid, type, payload, source, changeid, operation)"
                            + " select gen_random_uuid(), 'order', 'a', 'T', rpad(n::text, 2000), 'urn:test',"
                            + " gen_random_uuid(), 'update' from generate_series(1, " + count + ") n");
            relay.stepUntil(topic, enough);
            assertThat(topic.all()).hasSizeLessThan(count);

            database.terminateWalSender();
            relay.stepUntil(RelayState.RETRYING);
            relay.stepUntil(topic, count);
        }
        assertThat(published().stream().map(String::strip))
                .containsExactlyElementsOf(IntStream.rangeClosed(1, count)
                        .mapToObj(String::valueOf)
                        .toList());
    }

    @Test
    void whatADeadRelayHadSentWithoutCommittingIsNeverSeen() throws SQLException {
        try (SteppedRelay dead = SteppedRelay.of(database)) {
            dead.stepUntil(RelayState.STREAMING);
            database.insert("a", "1");
            dead.stepUntil(topic, 1);
            database.insert("a", "2");
            dead.step();
            database.terminateWalSender();
            try (SteppedRelay successor = SteppedRelay.of(database)) {
                successor.stepUntil(topic, 2);
                // Fenced, and the slot is taken: it stands by.
                dead.stepUntil(() -> dead.state() == RelayState.STANDBY);
                database.insert("a", "3");
                successor.stepUntil(topic, 3);
            }
        }
        assertThat(published()).containsExactly("1", "2", "3");
    }

    @Test
    void slotThatSomeoneElseHasAdvancedIsNotStreamedFromSilently() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "1");
            relay.stepUntil(topic, 1);
        }
        database.insert("a", "skipped");
        database.query("select pg_replication_slot_advance('" + database.name() + "', pg_current_wal_insert_lsn())");
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.RETRYING);
            assertThat(relay.problem().message()).contains("someone else has advanced the slot");
            assertThat(relay.problem().remedy()).contains("outbox.relay.delivery=at-least-once");
        }

        try (SteppedRelay relay = SteppedRelay.atLeastOnce(database)) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "2");
            relay.stepUntil(topic, 2);
        }
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "3");
            relay.stepUntil(topic, 3);
        }
        assertThat(published()).isEqualTo(List.of("1", "2", "3"));
    }

    @Test
    void positionOfASlotThatIsGoneIsNotTakenForThatOfItsSuccessor() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "1");
            relay.stepUntil(topic, 1);
        }
        database.execute("truncate outbox");
        database.execute("select pg_drop_replication_slot('" + database.name() + "')");

        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
        }
        // Were the old position still there, the new slot would be beyond it.
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "2");
            relay.stepUntil(topic, 2);
        }
        assertThat(published()).containsExactly("1", "2");
    }
}
