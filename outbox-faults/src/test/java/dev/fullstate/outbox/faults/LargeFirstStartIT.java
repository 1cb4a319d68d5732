package dev.fullstate.outbox.faults;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.fullstate.outbox.faults.load.Mix;
import dev.fullstate.outbox.faults.network.Direction;
import dev.fullstate.outbox.faults.relay.RelayProcess;

import static org.assertj.core.api.Assertions.assertThat;

/** Has more to publish than fits into the heap of the image, at a first start and from the stream, while Kafka is away for a while. */
class LargeFirstStartIT {

    /** An event with its headers is just below the largest request that the producer sends. */
    private static final int PAYLOAD_BYTES = 1_000_000;

    /** The image's options, among them the limit of the heap. */
    private static final String OPTIONS =
            "-XX:Flags=" + Path.of("../docker/relay/jvm.flags").toAbsolutePath().normalize();

    private static final int BYTES_PER_SECOND = 10_000_000;

    /** The WAL of what may be in flight, 32 MB, has at least this size: PostgreSQL halves hexadecimal digits. */
    private static final int IN_FLIGHT_WAL = 12_000_000;

    /** This is far less than the time after which a relay gives up waiting, and its connections. */
    private static final Duration AWAY = Duration.ofSeconds(2);

    private static final Pattern SURVEY = Pattern.compile("(\\d+) rows of the outbox may be unpublished");

    @Test
    void outboxLargerThanTheHeapIsPublishedThroughKillsAndOutages() throws SQLException {
        publish(140, Delivery.EXACTLY_ONCE);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("long")
    void outboxManyTimesAsLargeAsTheHeapIsPublishedThroughKillsAndOutages(Delivery delivery) throws SQLException {
        publish(600, delivery);
    }

    @ParameterizedTest
    @EnumSource
    void streamLargerThanTheHeapWaitsInTheWalWhileKafkaIsAway(Delivery delivery) throws SQLException {
        try (Scenario scenario = scenario(delivery)) {
            // Without its topic, the relay would wait before it sends anything.
            write(scenario, 0, 0);
            RelayProcess relay = scenario.startRelay();
            scenario.awaitAllPublished();
            // It gets all of it at once, from a database that has nothing else to do, and before it misses Kafka.
            relay.pause();
            write(scenario, 1, 140);
            Servers.BROKER.link().hold(Direction.TO_SERVER);
            relay.resume();
            scenario.patience()
                    .until(
                            "the relay has read as much as may be in flight",
                            () -> "t".equals(scenario.outbox.query("""
                    select sent_lsn - flush_lsn > %d from pg_stat_replication where application_name like 'outbox-relay %%'
                    """.formatted(IN_FLIGHT_WAL))));
            Servers.BROKER.link().heal();
            scenario.awaitAllPublished();
            assertThat(relay.isAlive()).as(relay.endOfLog()).isTrue();
            scenario.assertKept(delivery);
        }
    }

    private static Scenario scenario(Delivery delivery) throws SQLException {
        Map<String, String> properties = Map.of(
                "outbox.relay.delivery",
                delivery.value(),
                "outbox.relay.wal-sender-timeout",
                "120s",
                "outbox.relay.kafka-timeout",
                "40s");
        return Scenario.of(Mix.ORDINARY, properties).with(OPTIONS);
    }

    private static void publish(int rows, Delivery delivery) throws SQLException {
        try (Scenario scenario = scenario(delivery)) {
            write(scenario, 0, rows - 1);

            RelayProcess first = scenario.launchRelay();
            scenario.awaitPublished(rows / 4);
            String slot = slotBeginsAt(scenario);
            Servers.BROKER.kill();
            assertThatNoSnapshotIsHeldWhileKafkaIsAway(scenario);
            // The relay must not be at the end before it is killed.
            Servers.BROKER.link().throttle(BYTES_PER_SECOND);
            Servers.BROKER.restart();
            scenario.awaitPublished(rows / 2);
            first.kill();
            Servers.BROKER.link().heal();
            assertThat(scenario.published.distinctCount())
                    .as("published when the relay was killed")
                    .isLessThan(rows);
            assertThat(slotBeginsAt(scenario)).as("the same slot all the time").isEqualTo(slot);

            RelayProcess second = scenario.startRelay();
            assertThat(surveyed(second))
                    .as("rows that the successor had to search for")
                    .isLessThan(rows);
            switch (delivery) {
                case EXACTLY_ONCE -> scenario.assertExactlyOnce();
                case AT_LEAST_ONCE -> scenario.assertAtLeastOnce();
            }
        }
    }

    /** Writes rows of hexadecimal digits, which compression hardly makes shorter. */
    private static void write(Scenario scenario, int first, int last) throws SQLException {
        scenario.outbox.execute("""
                with noise as materialized (
                     select string_agg(md5(n::text), '') as digits from generate_series(1, %3$d / 32) n)
                insert into outbox (id, aggregatetype, aggregateid, type, payload, source, changeid, entityversion, operation)
                select gen_random_uuid(), 'order', 'key-' || n %% 10, 'com.example.Order', '{"n":' || n || ',"digits":"' || digits || '"}',
                       'urn:service:faults', gen_random_uuid(), n / 10 + 1, 'update'
                  from noise, generate_series(%1$d, %2$d) n
                """.formatted(first, last, PAYLOAD_BYTES));
    }

    private static void assertThatNoSnapshotIsHeldWhileKafkaIsAway(Scenario scenario) {
        long end = System.nanoTime() + AWAY.toNanos();
        scenario.patience(AWAY.multipliedBy(3))
                .until(
                        "the time is over, and no session of the relay holds a snapshot, or keeps a transaction open",
                        () -> System.nanoTime() > end
                                && "0".equals(scenario.outbox.query("""
                                select count(*) from pg_stat_activity
                                 where datname = '%s' and application_name like 'outbox-relay %%'
                                   and (backend_xmin is not null or backend_xid is not null or xact_start is not null)
                                """.formatted(scenario.outbox.name()))));
    }

    /** Returns the confirmed position, which tells one slot from another, as the relay confirms nothing before all rows are published. */
    private static String slotBeginsAt(Scenario scenario) throws SQLException {
        return String.valueOf(
                scenario.outbox.query("select confirmed_flush_lsn from pg_replication_slots where slot_name = '"
                        + scenario.outbox.name() + "'"));
    }

    /** Returns how many rows the relay took for unpublished when it started. */
    private static int surveyed(RelayProcess relay) {
        Matcher survey = SURVEY.matcher(relay.endOfOwnLog());
        assertThat(survey.find()).as(relay.endOfLog()).isTrue();
        return Integer.parseInt(survey.group(1));
    }
}
