package dev.fullstate.outbox.relay;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.contract.EventHeaders;
import dev.fullstate.outbox.harness.outbox.OutboxInsert;
import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.relay.failure.FailureKind;
import dev.fullstate.outbox.relay.failure.Warning;
import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.publish.Publisher;
import dev.fullstate.outbox.relay.publish.PublisherSettings.Delivery;
import dev.fullstate.outbox.relay.route.RoutedEvent;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Shows that the relay names exactly the aggregates whose events consumers have and the database has lost, and makes a republish job that
 * gives consumers the state in the database. The tests restore a database by taking away its last rows, numbers and notes.
 */
class LostEventsIT extends RelayIntegrationTest {

    private static final String OURS = "urn:service:orders";

    private int written;

    @Test
    void exactlyTheAggregatesWithLostEventsAreNamed() throws SQLException {
        write("order", "kept", OURS, "now()");
        write("order", "changed", OURS, "now()");
        // This row is published now, and written so long ago that it is retired.
        write("order", "retired", OURS, "now() - interval '9 days'");
        publishAndNote();
        // No row of this type is left, and none waits to be published. It comes before orders, for which publish()
        // waits.
        write("customer", "created", OURS, "now()");
        write("order", "changed", OURS, "now()");
        write("order", "created", OURS, "now()");
        write("order", "created", OURS, "now()");
        publish();
        writeToTheTopic("foreign", "urn:service:other", 99);
        database.execute("delete from outbox where aggregateid = 'retired'");
        restore(3);
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
        }
        assertThat(named()).isEqualTo("customer created, order changed, order created");
        assertThat(database.query(
                        "select string_agg(concat_ws(' ', kind, state, parameters, requested_by, array_to_string(ids, '+')), ', ')"
                                + " from outbox_job"))
                .isEqualTo("republish PAUSED {\"tombstones\": true} outbox-relay-" + database.name()
                        + " created+changed+created");
        assertThat(database.query(
                        "select string_agg(concat_ws(' ', aggregate_type, total_count, pass), ', ' order by aggregate_type)"
                                + " from outbox_job_slice"))
                .isEqualTo("customer 1 COUNT, order 2 COUNT");
        assertThat(database.query("select string_agg(action || ' ' || actor, ', ') from outbox_job_action"))
                .isEqualTo("start outbox-relay-" + database.name());
    }

    @Test
    void databaseRestoredToBeforeTheFirstEventHasLostAllAggregates() throws SQLException {
        publish();
        write("order", "first", OURS, "now()");
        write("order", "second", OURS, "now()");
        publish();
        restore(0);
        write("order", "new", OURS, "now()");
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
        }
        assertThat(named()).isEqualTo("order first, order second");
    }

    @Test
    void pausedJobIsAWarningUntilAnOperatorResumesIt() throws SQLException {
        lose();
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            relay.step();
            assertThat(relay.status().warnings()).singleElement().satisfies(this::namesTheJob);
        }
        try (SteppedRelay later = SteppedRelay.of(database)) {
            later.stepUntil(RelayState.STREAMING);
            later.step();
            assertThat(later.status().warnings()).singleElement().satisfies(this::namesTheJob);
            database.execute("update outbox_job set state = 'QUEUED'");
            later.moveTime(Duration.ofSeconds(10));
            later.step();
            assertThat(later.status().warnings()).isEmpty();
        }
    }

    private void namesTheJob(Warning warning) throws SQLException {
        assertThat(warning.message()).contains("1 aggregates of type 'order'");
        assertThat(warning.remedy()).contains("/admin/republish/" + job() + "/resume");
    }

    @Test
    void jobIsQueuedAtOnceIfTheSettingSaysRepublish() throws SQLException {
        lose();
        try (SteppedRelay relay = SteppedRelay.republishing(database)) {
            relay.stepUntil(RelayState.STREAMING);
            relay.step();
            assertThat(relay.status().warnings()).isEmpty();
        }
        assertThat(database.query("select string_agg(state, ' ') from outbox_job"))
                .isEqualTo("QUEUED");
    }

    /** Retention removes only published rows, and never all of them while rows are written. */
    @Test
    void typesOfRowsRemovedBeforeTheirPublicationAreNamed() throws SQLException {
        write("order", "published", OURS, "now()");
        write("order", "published too", OURS, "now()");
        publish();
        write("order", "removed", OURS, "now()");
        database.dropSlot();
        database.execute("truncate outbox");
        write("order", "later", OURS, "now()");
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            relay.step();
            assertThat(relay.status().warnings()).anySatisfy(warning -> {
                assertThat(warning.message()).contains("Rows of [order] may have been removed");
                assertThat(warning.remedy()).contains("/resume");
            });
        }
        assertThat(database.query(
                        "select string_agg(concat_ws(' ', state, aggregate_type, pass), ', ') from outbox_job as job"
                                + " join outbox_job_slice on job_id = job.id where ids is null"))
                .isEqualTo("PAUSED order COUNT");
    }

    /** Leaves the table empty, as retention does that has retired all rows, with none written since. */
    @Test
    void emptyTableWhoseRowsWereAllPublishedLacksNothing() throws SQLException {
        write("order", "published", OURS, "now()");
        publish();
        database.dropSlot();
        database.execute("truncate outbox");
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
        }
        assertThat(database.query("select count(*) from outbox_job where ids is null"))
                .isEqualTo("0");
    }

    @Test
    void gapIsAWarningWhileItIsFilled() throws SQLException {
        write("order", "published", OURS, "now()");
        publish();
        database.dropSlot();
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.PUBLISHING_RETAINED);
            relay.step();
            assertThat(relay.status().warnings())
                    .singleElement()
                    .satisfies(warning -> assertThat(warning.message()).contains("the replication slot is gone"));
            relay.stepUntil(RelayState.STREAMING);
            relay.step();
            assertThat(relay.status().warnings()).isEmpty();
        }
    }

    /** Several services may write to one topic, each with a sequence of its own. */
    @Test
    void numbersOfAnotherServiceInTheTopicAreNotOurs() throws Exception {
        createTopic();
        writeToTheTopic("foreign", "urn:service:other", 1_000_000_000);
        write("order", "ours", OURS, "now()");
        startAfterAnInterruptionWithoutWarnings();
        assertThat(database.query("select last_value from outbox_seq")).isEqualTo("1");
    }

    /** The retention has removed the rows of events that the pipeline published under another name. */
    @Test
    void firstStartThatIsInterruptedCallsNothingLost() throws Exception {
        createTopic();
        writeToTheTopic("retired", OURS, 50);
        database.query("select setval('outbox_seq', 99)");
        write("order", "ours", OURS, "now()");
        startAfterAnInterruptionWithoutWarnings();
        assertThat(job()).isNull();
    }

    /** Logical replication brings rows and no sequences. */
    @Test
    void firstStartRaisesASequenceThatConsumersAreAheadOf() throws Exception {
        createTopic();
        UUID id = timeOrdered(Duration.ZERO);
        writeToTheTopic("copied", OURS, 1_000, id);
        database.execute(OutboxInsert.row()
                .of("copied")
                .with("id", "'" + id + "'")
                .with("seq", "1000")
                .with("source", "'" + OURS + "'"));
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            database.insert("later", "1");
            relay.stepUntil(topic, 2);
        }
        assertThat(topic.all().get(1).headers().get(EventHeaders.SEQUENCE)).isGreaterThan("%019d".formatted(1_000));
    }

    /** Without the pipeline's note, the retention has removed rows as soon as they were old. */
    @Test
    void pipelineThatIsUsedAgainCallsNothingLostThatTheRetentionHasRemoved() throws SQLException {
        write("order", "retired", OURS, "now() - interval '8 days'", timeOrdered(Duration.ofDays(8)));
        publishAndNote();
        database.dropSlot();
        database.execute("delete from outbox_relay");
        database.execute("delete from outbox");
        write("order", "later", OURS, "now()");
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            relay.stepUntil(topic, 2);
            assertThat(relay.status().warnings()).isEmpty();
        }
        assertThat(job()).isNull();
    }

    private void startAfterAnInterruptionWithoutWarnings() {
        try (SteppedRelay relay = SteppedRelay.publishingBy(LostEventsIT::publishingNothing, database)) {
            relay.stepUntil(RelayState.RETRYING);
        }
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            assertThat(relay.status().warnings()).isEmpty();
        }
    }

    private void createTopic() throws Exception {
        try (Admin admin = Admin.create(Map.<String, Object>of(
                "bootstrap.servers", SharedServers.kafka().bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(SteppedRelay.topic(database, "order"), 1, (short) 1)
                            .configs(Map.of("cleanup.policy", "compact"))))
                    .all()
                    .get();
        }
    }

    /** A successor does not search again for a loss that is recorded. */
    @Test
    void relayThatDiesBeforeItRecordsTheLossLeavesOneJob() throws SQLException {
        lose();
        try (SteppedRelay relay =
                SteppedRelay.publishingBy(LostEventsIT::recordingNothing, Delivery.EXACTLY_ONCE, database)) {
            relay.stepUntil(RelayState.RETRYING);
            assertThat(named()).isEqualTo("order lost");
            relay.stepUntil(() -> relay.statistics().failureCount(FailureKind.REPLAY) > 2);
        }
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
        }
        assertThat(named()).isEqualTo("order lost");
    }

    /** Dies at the first event of a fill whose begin is recorded. */
    private static Publisher publishingNothing(Publisher target) {
        return new ForwardingPublisher(target) {

            @Override
            public void publish(RoutedEvent event, Runnable published) {
                throw new IllegalStateException("The relay dies");
            }
        };
    }

    private static Publisher recordingNothing(Publisher target) {
        return new ForwardingPublisher(target) {

            @Override
            public void commitIfDue(ResumePoint upTo, boolean drained) {
                if (upTo.fill() != null) {
                    throw new IllegalStateException("The fill is not recorded");
                }
                super.commitIfDue(upTo, drained);
            }
        };
    }

    @Test
    void relayThatMayNotMakeTheJobStillPublishesAndShowsTheGrant() throws SQLException {
        String role = "r_" + database.name();
        database.createRelayRole(role);
        lose();
        write("order", "later", OURS, "now()");
        try (SteppedRelay relay = SteppedRelay.of(database, Map.of(), wal -> SteppedRelay.as(role, wal))) {
            relay.stepUntil(RelayState.STREAMING);
            relay.stepUntil(topic, written);
            relay.step();
            assertThat(relay.status().warnings())
                    .hasSize(2)
                    .allSatisfy(
                            warning -> assertThat(warning.remedy()).contains("GRANT INSERT ON public.outbox_job, "));
            assertThat(relay.status().warnings().get(0).message()).contains("1 aggregates of type 'order'");
        }
        assertThat(named()).isNull();
    }

    /** Publishes two aggregates, and restores the database to where it has one of them. */
    private void lose() throws SQLException {
        write("order", "kept", OURS, "now()");
        publishAndNote();
        write("order", "lost", OURS, "now()");
        publish();
        restore(1);
    }

    private void publish() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            relay.stepUntil(topic, count("order"));
        }
        database.terminateSessions();
    }

    private int count(String type) throws SQLException {
        return Integer.parseInt(Objects.requireNonNull(
                database.query("select count(*) from outbox where aggregatetype = '" + type + "'")));
    }

    /** Publishes all rows, and keeps the relay's notes of this moment as a backup would have them. */
    private void publishAndNote() throws SQLException {
        try (SteppedRelay relay = SteppedRelay.of(database)) {
            relay.stepUntil(RelayState.STREAMING);
            relay.stepUntil(topic, count("order"));
            relay.stepUntil(() -> {
                relay.moveTime(Duration.ofSeconds(2));
                return "t"
                        .equals(database.query("select bool_and(pg_visible_in_snapshot(xid, (select snapshot from"
                                + " outbox_relay))) from outbox"));
            });
        }
        database.terminateSessions();
        database.execute("create table backup as table outbox_relay");
    }

    /** Restores the database to the moment of the last note, or to before the relay's first start. */
    private void restore(int rows) throws SQLException {
        database.dropSlot();
        database.execute("delete from outbox where seq > " + rows);
        database.query("select setval('outbox_seq', " + Math.max(1, rows) + ", " + (rows > 0) + ")");
        database.execute("delete from outbox_relay");
        if (rows > 0) {
            database.execute("insert into outbox_relay table backup");
        }
    }

    private void write(String type, String id, String source, String at) throws SQLException {
        write(type, id, source, at, timeOrdered(Duration.ZERO));
    }

    private void write(String type, String id, String source, String at, UUID eventId) throws SQLException {
        written++;
        database.execute(OutboxInsert.row()
                .of(id)
                .with("id", "'" + eventId + "'")
                .with("aggregatetype", "'" + type + "'")
                .with("type", "'com.example." + type + "'")
                .with("source", "'" + source + "'")
                .with("created_at", at));
    }

    /** Makes an id of version 7, as the service's are. */
    private static UUID timeOrdered(Duration age) {
        UUID random = UUID.randomUUID();
        return new UUID(
                (System.currentTimeMillis() - age.toMillis()) << 16
                        | 0x7000
                        | (random.getMostSignificantBits() & 0xfff),
                random.getLeastSignificantBits());
    }

    private void writeToTheTopic(String key, String source, long sequence) {
        writeToTheTopic(key, source, sequence, UUID.randomUUID());
    }

    private void writeToTheTopic(String key, String source, long sequence, UUID id) {
        LostRow.publish(SharedServers.kafka(), SteppedRelay.topic(database, "order"), key, source, sequence, id);
    }

    private @Nullable String named() throws SQLException {
        return database.query(
                "select string_agg(aggregate_type || ' ' || aggregate_id, ', ' order by aggregate_type, aggregate_id)"
                        + " from outbox_job_item where pass = 'NAMED'");
    }

    private @Nullable String job() throws SQLException {
        return database.query("select id from outbox_job");
    }
}
