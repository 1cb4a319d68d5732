package dev.fullstate.outbox.relay;

import java.sql.SQLException;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.fullstate.outbox.relay.failure.Warning;
import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.publish.PublisherSettings.Delivery;
import dev.fullstate.outbox.relay.wal.OperatorTables;
import dev.fullstate.outbox.relay.wal.OperatorTables.Asked;
import dev.fullstate.outbox.relay.wal.WalException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Shows that an operator can have the relay go on where its slot is confirmed, once, and for no other situation than the one that was seen. */
class AcceptedPositionIT extends RelayIntegrationTest {

    private OperatorTables tables() {
        return OperatorTables.of(SteppedRelay.wal(database));
    }

    private void accept(Lsn position) {
        assertThat(tables().accept(position, "alice")).isPresent();
    }

    private String outcomes() throws SQLException {
        return database.query(
                "select string_agg(coalesce(outcome, 'open'), ' | ' order by number) from outbox_command");
    }

    /** Publishes one row, and leaves another one and a slot that was moved past it by hand. */
    private Lsn advance(Delivery delivery) throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(delivery, database)) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("a", "1");
            relay.stepUntil(topic, 1);
            relay.confirm();
        }
        database.terminateSessions();
        database.insert("a", "skipped");
        return advance();
    }

    private Lsn advance() throws SQLException {
        database.query("select pg_replication_slot_advance('" + database.name() + "', pg_current_wal_insert_lsn())");
        return database.confirmed();
    }

    private void streamAndPublish(SteppedRelay relay, String payload, int count) throws SQLException {
        relay.stepUntil(RelayState.STREAMING);
        database.insert("a", payload);
        relay.stepUntil(topic, count);
    }

    @ParameterizedTest
    @EnumSource
    void acceptedSlotIsStreamedOnAndNothingBeforeItIsPublished(Delivery delivery) throws SQLException {
        Lsn position = advance(delivery);
        accept(position);
        try (SteppedRelay relay = SteppedRelay.of(delivery, database)) {
            relay.stepUntil(RelayState.PUBLISHING_RETAINED);
            assertThat(relay.status().warnings())
                    .extracting(Warning::message)
                    .singleElement()
                    .asString()
                    .contains("committed before " + position, "as alice has asked");
            streamAndPublish(relay, "2", 2);
        }
        assertThat(published()).containsExactly("1", "2");
        assertThat(outcomes()).isEqualTo("followed: everything before " + position + " counts as published");
    }

    @ParameterizedTest
    @EnumSource
    void relayThatDiesBeforeItMarksTheCommandLeavesItsSuccessorAPositionThatFits(Delivery delivery)
            throws SQLException {
        Lsn position = advance(delivery);
        accept(position);
        database.execute("create function fail() returns trigger language plpgsql as"
                + " 'begin raise exception $$not now$$; end'; create trigger fail before update on outbox_command"
                + " execute function fail()");
        try (SteppedRelay relay = SteppedRelay.of(delivery, database)) {
            relay.stepUntil(RelayState.RETRYING);
            assertThat(relay.problem().message()).contains("The outcome of a command could not be noted", "not now");
        }
        database.terminateSessions();
        database.execute("drop trigger fail on outbox_command");
        assertThat(outcomes()).isEqualTo("open");
        try (SteppedRelay relay = SteppedRelay.of(delivery, database)) {
            streamAndPublish(relay, "2", 2);
        }
        assertThat(published()).containsExactly("1", "2");
        assertThat(outcomes()).isEqualTo("nothing to accept any more: the relay goes on after " + position);
    }

    /** Puts the slot back to an earlier state of it, as a crash of the server may, or a failover. */
    private void putBack(String copy) throws SQLException {
        database.terminateSessions();
        database.query("select pg_drop_replication_slot('" + database.name() + "')");
        database.query("select pg_copy_logical_replication_slot('" + copy + "', '" + database.name() + "')");
        database.query("select pg_drop_replication_slot('" + copy + "')");
    }

    private String copy() throws SQLException {
        String copy = database.name() + "_copy";
        database.query("select pg_copy_logical_replication_slot('" + database.name() + "', '" + copy + "')");
        return copy;
    }

    private void acceptWithoutPublishing(Delivery delivery) throws SQLException {
        accept(advance());
        try (SteppedRelay relay = SteppedRelay.of(delivery, database)) {
            relay.stepUntil(RelayState.STREAMING);
        }
    }

    private void assertStreamedOn(Delivery delivery, String... events) throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(delivery, database)) {
            streamAndPublish(relay, events[events.length - 1], events.length);
            assertThat(relay.status().warnings()).isEmpty();
        }
        assertThat(published()).containsExactly(events);
    }

    @ParameterizedTest
    @EnumSource
    void slotThatGoesBackBringsAcceptedRowsWhichAreNeitherPublishedNorALostHistory(Delivery delivery)
            throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(delivery, database)) {
            streamAndPublish(relay, "1", 1);
            relay.confirm();
        }
        database.terminateSessions();
        String copy = copy();
        database.insert("a", "skipped");
        acceptWithoutPublishing(delivery);
        putBack(copy);
        assertStreamedOn(delivery, "1", "2");
    }

    @ParameterizedTest
    @EnumSource
    void slotThatGoesBackAfterAFirstAcceptanceBringsRowsThatStillCountAsPublished(Delivery delivery)
            throws SQLException {
        database.query("select pg_create_logical_replication_slot('" + database.name() + "', 'pgoutput')");
        String copy = copy();
        database.insert("a", "of another publisher");
        acceptWithoutPublishing(delivery);
        putBack(copy);
        assertStreamedOn(delivery, "1");
    }

    @Test
    void commandThatWasGivenLongBeforeIsNotFollowed() throws SQLException {
        accept(advance(Delivery.EXACTLY_ONCE));
        database.execute("update outbox_command set created_at = created_at - interval '11 minutes'");
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            streamAndPublish(relay, "2", 3);
        }
        assertThat(published()).containsExactly("1", "skipped", "2");
        assertThat(outcomes()).isEqualTo("not followed: it is older than 10 minutes; ask again");
    }

    @Test
    void commandThatIsGivenTwiceIsFollowedOnce() throws SQLException {
        Lsn position = advance(Delivery.EXACTLY_ONCE);
        accept(position);
        accept(position);
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            streamAndPublish(relay, "2", 2);
        }
        assertThat(outcomes())
                .isEqualTo("followed: everything before " + position
                        + " counts as published | not followed: an earlier command has asked for the same");
    }

    @Test
    void commandIsUsedOnceAndALaterGapIsFilled() throws SQLException {
        accept(advance(Delivery.EXACTLY_ONCE));
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            streamAndPublish(relay, "2", 2);
            relay.confirm();
        }
        database.terminateSessions();
        database.insert("a", "filled");
        advance();
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            streamAndPublish(relay, "3", 4);
        }
        assertThat(published()).containsExactly("1", "2", "filled", "3");
    }

    @Test
    void slotThatHasMovedSinceIsNotAccepted() throws SQLException {
        Lsn seen = advance(Delivery.EXACTLY_ONCE);
        accept(seen);
        database.insert("a", "after");
        Lsn now = advance();
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            streamAndPublish(relay, "2", 4);
        }
        assertThat(published()).containsExactly("1", "skipped", "after", "2");
        assertThat(outcomes()).isEqualTo("not followed: the slot is confirmed up to " + now);
    }

    @Test
    void positionThatFitsNeedsNoAcceptanceAndLeavesNoneBehind() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            streamAndPublish(relay, "1", 1);
            relay.confirm();
        }
        database.terminateSessions();
        accept(database.confirmed());
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            streamAndPublish(relay, "2", 2);
        }
        assertThat(published()).containsExactly("1", "2");
        assertThat(outcomes()).startsWith("nothing to accept any more: the relay goes on after ");
    }

    @Test
    void replacedPublicationIsNotAccepted() throws SQLException {
        Lsn position = advance(Delivery.EXACTLY_ONCE);
        accept(position);
        database.execute("drop publication outbox");
        database.insert("a", "while it was away");
        database.execute("create publication outbox for table outbox"
                + " with (publish = 'insert', publish_via_partition_root = true)");
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            streamAndPublish(relay, "2", 4);
        }
        assertThat(published()).containsExactly("1", "skipped", "while it was away", "2");
        assertThat(outcomes())
                .isEqualTo("not followed: the publication was replaced or altered, so the stream may lack rows");
    }

    @Test
    void slotThatWasMadeBeforehandIsWhereAFirstStartMayBegin() throws SQLException {
        database.insert("a", "of another publisher");
        database.query("select pg_create_logical_replication_slot('" + database.name() + "', 'pgoutput')");
        database.insert("a", "1");
        accept(database.confirmed());
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            streamAndPublish(relay, "2", 2);
        }
        assertThat(published()).containsExactly("1", "2");
    }

    @Test
    void fillThatIsUnderWayIsGivenUpForTheAcceptedPosition() throws SQLException {
        database.execute(
                "insert into outbox (id, aggregatetype, aggregateid, type, payload, source, changeid, operation)"
                        + " select gen_random_uuid(), 'other', 'a', 'T', 'old', 'urn:test', gen_random_uuid(), 'create'"
                        + " from generate_series(1, 20000) as n");
        database.insert("a", "old");
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(database::hasSlot);
            assertThat(relay.state()).isEqualTo(RelayState.PUBLISHING_RETAINED);
            accept(database.confirmed());
            relay.moveTime(Duration.ofSeconds(4));
            streamAndPublish(relay, "new", 1);
        }
        assertThat(published()).containsExactly("new");
        assertThat(outcomes()).startsWith("followed: ");
    }

    @Test
    void outboxWithoutTheThirdMigrationIsPublishedAndNamesIt() throws SQLException {
        database.execute("alter table outbox_command drop column slot_position");
        database.ask("resume");
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            streamAndPublish(relay, "1", 1);
        }
        assertThat(tables().commands()).hasSize(1);
        WalException refused = catchThrowableOfType(WalException.class, () -> tables().accept(new Lsn(1), "alice"));
        assertThat(refused).hasMessageContaining("outbox_command has no column slot_position");
        assertThat(refused.remedy()).contains("run V3__accept.sql");
    }

    @Test
    void streamedSlotAndAnotherPositionAreRefusedAtOnce() throws SQLException {
        Lsn elsewhere = new Lsn(1);
        assertThat(tables().accept(elsewhere, "alice")).isEmpty();
        assertThat(tables().status().whyNotAccepted(elsewhere)).contains("There is no slot");
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            Lsn confirmed = database.confirmed();
            assertThat(tables().accept(confirmed, "alice")).isEmpty();
            assertThat(tables().status().whyNotAccepted(confirmed)).contains("A relay streams from slot");
        }
        database.terminateSessions();
        assertThat(tables().accept(elsewhere, "alice")).isEmpty();
        assertThat(tables().status().whyNotAccepted(elsewhere))
                .contains("is confirmed up to " + database.confirmed() + ", not up to 0/1");
        assertThat(tables().commands()).isEmpty();
        accept(database.confirmed());
        assertThat(tables().commands())
                .extracting(Asked::command)
                .singleElement()
                .satisfies(command -> assertThat(command.slotPosition()).isEqualTo(database.confirmed()));
    }
}
