package dev.fullstate.outbox.relay;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.fullstate.outbox.relay.publish.PublisherSettings.Delivery;

import static org.assertj.core.api.Assertions.assertThat;

/** Shows that operators can pause a pipeline, over restarts and for all instances, and that nothing is lost or repeated. */
class PausedPipelineIT extends RelayIntegrationTest {

    private void command(String command) throws SQLException {
        database.execute("insert into outbox_command (pipeline, command, requested_by) values ('" + database.name()
                + "', '" + command + "', 'alice')");
    }

    private void stepUntil(SteppedRelay relay, RelayState state) {
        relay.stepUntil(() -> {
            relay.moveTime(Duration.ofMillis(100));
            return relay.state() == state;
        });
    }

    private String outcomes() throws SQLException {
        return database.query(
                "select string_agg(command || ':' || coalesce(outcome, 'open'), ' ' order by number) from outbox_command");
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsPublishedUntilTheResumeAndThenEverythingOnce(Delivery delivery) throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(delivery, database)) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "1");
            relay.stepUntil(topic, 1);
            command("pause");
            stepUntil(relay, RelayState.PAUSED);
            assertThat(outcomes()).isEqualTo("pause:paused");
            assertThat(relay.problem().message()).contains("is paused, as operators have asked");
            assertThat(relay.statistics().slot().holder()).isNull();
            database.insert("a", "2");
        }
        // Another process, and one that stands by, know of it too.
        try (SteppedRelay relay = SteppedRelay.of(delivery, database);
                SteppedRelay other = SteppedRelay.of(delivery, database)) {
            stepUntil(relay, RelayState.PAUSED);
            stepUntil(other, RelayState.PAUSED);
            assertThat(published()).containsExactly("1");
            command("resume");
            stepUntil(relay, RelayState.STREAMING);
            stepUntil(other, RelayState.STANDBY);
            relay.stepUntil(topic, 2);
            assertThat(outcomes()).isEqualTo("pause:paused resume:resumed");
            command("pause");
            stepUntil(relay, RelayState.PAUSED);
            stepUntil(other, RelayState.PAUSED);
            command("resume");
            stepUntil(other, RelayState.STREAMING);
            database.insert("a", "3");
            other.stepUntil(topic, 3);
        }
        assertThat(published()).containsExactly("1", "2", "3");
    }

    @Test
    void commandsThatChangeNothingHaveAnOutcomeToo() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            command("resume");
            stepUntilOutcomes(relay, "resume:resumed");
            command("pause");
            command("resume");
            stepUntilOutcomes(relay, "resume:resumed pause:overtaken by a later command resume:resumed");
            command("pause");
            stepUntil(relay, RelayState.PAUSED);
            command("pause");
            stepUntilOutcomes(
                    relay,
                    "resume:resumed pause:overtaken by a later command resume:resumed pause:paused pause:paused");
        }
    }

    private void stepUntilOutcomes(SteppedRelay relay, String expected) {
        relay.stepUntil(() -> {
            relay.moveTime(Duration.ofMillis(100));
            return expected.equals(outcomes());
        });
    }

    @Test
    void pauseBeforeAFirstStartKeepsTheSlotFromBeingMade() throws SQLException {
        command("pause");
        database.insert("a", "1");
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            stepUntil(relay, RelayState.PAUSED);
            assertThat(database.hasSlot()).isFalse();
            command("resume");
            stepUntil(relay, RelayState.STREAMING);
            relay.stepUntil(topic, 1);
        }
        assertThat(published()).containsExactly("1");
    }

    @Test
    void whatIsUnderWayIsFinishedBeforeThePauseIsReported() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            command("pause");
            database.execute(
                    "insert into outbox (id, aggregatetype, aggregateid, type, payload, source, changeid, operation)"
                            + " select gen_random_uuid(), 'order', 'a', 'T', n::text, 'urn:test', gen_random_uuid(), 'create'"
                            + " from generate_series(1, 1000) as n");
            relay.step();
            relay.moveTime(Duration.ofSeconds(10));
            stepUntil(relay, RelayState.PAUSED);
            int before = topic.all().size();
            command("resume");
            relay.stepUntil(topic, 1000);
            assertThat(before).isIn(0, 1000);
        }
        assertThat(published()).hasSize(1000).doesNotHaveDuplicates();
    }

    @Test
    void roleWithoutARightToTheCommandsPublishesAsEver() throws SQLException {
        String role = database.name() + "_old";
        database.createRelayRole(role);
        database.execute("revoke all on outbox_command, outbox_parked from " + role);
        command("pause");
        try (SteppedRelay relay = SteppedRelay.of(database, Map.of(), wal -> SteppedRelay.as(role, wal))) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "1");
            relay.stepUntil(topic, 1);
        } finally {
            database.execute("drop owned by " + role + "; drop role " + role);
        }
    }
}
