package dev.fullstate.outbox.faults;

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
import dev.fullstate.outbox.faults.relay.RelayProcess;

import static org.assertj.core.api.Assertions.assertThat;

/** Makes a first start with more in the outbox than fits into the heap, kills it, and has Kafka away for a while. */
class LargeFirstStartIT {

    /** An event with its headers is just below the largest request that the producer sends. */
    private static final int PAYLOAD_BYTES = 1_000_000;

    private static final int BYTES_PER_SECOND = 10_000_000;

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

    private static void publish(int rows, Delivery delivery) throws SQLException {
        Map<String, String> properties = Map.of(
                "outbox.relay.delivery",
                delivery.value(),
                "outbox.relay.wal-sender-timeout",
                "30s",
                "outbox.relay.kafka-timeout",
                "10s");
        try (Scenario scenario = Scenario.of(Mix.ORDINARY, properties).with("-Xmx128m")) {
            write(scenario, rows);

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
    private static void write(Scenario scenario, int rows) throws SQLException {
        scenario.outbox.execute("""
                with noise as materialized (
                     select string_agg(md5(n::text), '') as digits from generate_series(1, %2$d / 32) n)
                insert into outbox (id, aggregatetype, aggregateid, type, payload, source, changeid, entityversion, operation)
                select gen_random_uuid(), 'order', 'key-' || n %% 10, 'com.example.Order', '{"n":' || n || ',"digits":"' || digits || '"}',
                       'urn:service:faults', gen_random_uuid(), n / 10 + 1, 'update'
                  from noise, generate_series(0, %1$d - 1) n
                """.formatted(rows, PAYLOAD_BYTES));
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
