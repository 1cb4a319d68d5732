package dev.fullstate.outbox.relay;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.test.PublishedEvent;
import dev.fullstate.outbox.test.PublishedEvents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The relay as a process of its own, killed under load again and again. The database is the oracle: per key, what is in the
 * topic is, repeats dropped, what was committed; and whatever the slot no longer holds back is in the topic.
 */
class KilledRelayIT {

    private static final int ROUNDS = 4;
    private static final int ROWS_PER_ROUND = 3_000;
    private static final int WRITERS = 2;
    private static final int KEYS_PER_WRITER = 10;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void killedUnderLoadNothingIsLostRepeatedOrReorderedAndNothingWasConfirmedTooEarly() throws Exception {
        Semaphore permits = new Semaphore(0);
        ExecutorService writers = Executors.newFixedThreadPool(WRITERS);
        try (OutboxDatabase database = OutboxDatabase.migrated();
                PublishedEvents topic =
                        PublishedEvents.of(Servers.KAFKA.bootstrapServers(), SteppedRelay.topic(database, "order"))) {
            List<Future<?>> written = new ArrayList<>();
            for (int writer = 0; writer < WRITERS; writer++) {
                int number = writer;
                written.add(writers.submit(() -> write(database, number, permits)));
            }
            for (int round = 1; round <= ROUNDS; round++) {
                Process relay = start(database);
                try {
                    int before = topic.all().size();
                    permits.release(ROWS_PER_ROUND);
                    // Each time at another point of the round.
                    int enough = before + ROWS_PER_ROUND * round / (ROUNDS + 2);
                    await().atMost(PATIENCE).until(() -> topic.all().size() >= enough);
                } finally {
                    kill(relay);
                }
                assertThat(confirmedIds(database))
                        .as("confirmed in round %d", round)
                        .isSubsetOf(ids(topic));
            }
            for (Future<?> future : written) {
                future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }
            Process relay = start(database);
            try {
                await().atMost(PATIENCE).until(() -> series(topic).equals(series(database)));
                assertThat(topic.all())
                        .extracting(event -> event.cloudEvent().getId())
                        .doesNotHaveDuplicates();
            } finally {
                kill(relay);
            }
        } finally {
            writers.shutdownNow();
        }
    }

    private static Process start(OutboxDatabase database) throws IOException {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "-XX:TieredStopAtLevel=1",
                RelayApplication.class.getName(),
                "--spring.datasource.url=" + database.url(),
                "--spring.datasource.username=" + database.server().username(),
                "--spring.datasource.password=" + database.server().password(),
                "--spring.kafka.bootstrap-servers=" + Servers.KAFKA.bootstrapServers(),
                "--outbox.relay.slot-name=" + database.name(),
                "--outbox.relay.topic=" + SteppedRelay.topic(database, "{aggregatetype}"),
                "--outbox.relay.topic-partitions=3",
                "--outbox.relay.standby-interval=100ms");
        File log = new File("target/killed-relay.log");
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                .start();
    }

    private static void kill(Process relay) throws InterruptedException {
        relay.destroyForcibly();
        assertThat(relay.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }

    /** Commits one to three rows at a time, each key's payload a number that rises by one. */
    private static Void write(OutboxDatabase database, int writer, Semaphore permits)
            throws SQLException, InterruptedException {
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            int rows = ROUNDS * ROWS_PER_ROUND / WRITERS;
            for (int row = 0; row < rows; row++) {
                permits.acquire();
                OutboxDatabase.insert(
                        connection,
                        "key-" + writer + "-" + row % KEYS_PER_WRITER,
                        String.valueOf(row / KEYS_PER_WRITER));
                if (row % 3 == 0 || row == rows - 1 || permits.availablePermits() == 0) {
                    connection.commit();
                }
            }
        }
        return null;
    }

    /** Ids of rows that are committed and that the slot would not send again. */
    private static Set<String> confirmedIds(OutboxDatabase database) throws SQLException {
        String free =
                "select 1 from pg_replication_slots where active_pid is null and slot_name = '" + database.name() + "'";
        await().atMost(PATIENCE).until(() -> database.query(free) != null);
        return strings(database, """
                with unconfirmed as materialized (
                    select substring(encode(data, 'escape')
                               from '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}')::uuid as id
                      from pg_logical_slot_peek_binary_changes(
                               '%s', null, null, 'proto_version', '1', 'publication_names', 'outbox')
                     where get_byte(data, 0) = ascii('I'))
                select id from outbox where id not in (select id from unconfirmed)
                """.formatted(database.name()));
    }

    private static Set<String> strings(OutboxDatabase database, String sql) throws SQLException {
        Set<String> strings = new HashSet<>();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                strings.add(rows.getString(1));
            }
        }
        return strings;
    }

    private static Set<String> ids(PublishedEvents topic) {
        Set<String> ids = new HashSet<>();
        topic.all().forEach(event -> ids.add(event.cloudEvent().getId()));
        return ids;
    }

    /** Per key the payloads in the order of the topic, without the repeats, which a lower sequence gives away. */
    private static Map<String, List<String>> series(PublishedEvents topic) {
        Map<String, List<String>> series = new LinkedHashMap<>();
        Map<String, String> last = new LinkedHashMap<>();
        for (PublishedEvent event : topic.all()) {
            String sequence = event.headers().get("ce_sequence");
            if (sequence.compareTo(last.getOrDefault(event.key(), "")) > 0) {
                last.put(event.key(), sequence);
                series.computeIfAbsent(event.key(), key -> new ArrayList<>()).add(event.data());
            }
        }
        return series;
    }

    private static Map<String, List<String>> series(OutboxDatabase database) throws SQLException {
        Map<String, List<String>> series = new LinkedHashMap<>();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select aggregateid, payload from outbox order by seq")) {
            while (rows.next()) {
                series.computeIfAbsent(rows.getString(1), key -> new ArrayList<>())
                        .add(rows.getString(2));
            }
        }
        return series;
    }
}
