package dev.fullstate.outbox.relay;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.relay.publish.PublisherSettings.Delivery;
import dev.fullstate.outbox.test.PublishedEvent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Writes many events, some of which cannot be published, while an operator retries, skips, releases and corrects what is parked, and two
 * relays are stopped, started and cut off. The table is the oracle: of each aggregate, everything is published once and in its order, but for
 * what was given up, and that is in the topic of dead letters.
 */
class PoisonRunIT extends RelayIntegrationTest {

    private static final long SEED = 20_261_129;
    private static final int KEYS = 60;
    private static final int WRITERS = 3;
    private static final int TAKEOVERS = 3;
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final AtomicBoolean writing = new AtomicBoolean(true);
    private final AtomicLong written = new AtomicLong();
    /** How often another relay than before had the slot. */
    private final AtomicInteger takeovers = new AtomicInteger();

    @Test
    void nothingIsLostRepeatedOrOutOfOrderButWhatAnOperatorHasGivenUp() throws Exception {
        run(3_000);
    }

    @Test
    @Tag("long")
    void norAmongAHundredThousandEvents() throws Exception {
        run(100_000);
    }

    private void run(int eventCount) throws Exception {
        UnpublishableValuesIT.relax(database);
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            List<Future<?>> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                int writer = i;
                Callable<Void> write = () -> write(writer, eventCount / WRITERS);
                writers.add(threads.submit(write));
            }
            Callable<Void> operating = this::operateWhileThereIsWriting;
            Callable<Void> running = this::runRelays;
            Future<?> operator = threads.submit(operating);
            Future<?> chaos = threads.submit(running);
            for (Future<?> writer : writers) {
                writer.get();
            }
            writing.set(false);
            operator.get();
            chaos.get();
        } finally {
            writing.set(false);
            threads.shutdown();
            assertThat(threads.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
        }
        check();
    }

    /**
     * Writes so many events or more, until the relays have taken over from each other often enough. They are of its own aggregates, so that per
     * aggregate the numbers are in the order of commits.
     */
    private Void write(int writer, int count) throws SQLException {
        SplittableRandom random = new SplittableRandom(SEED + writer);
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            for (int i = 0; writing.get() && (i < count || takeovers.get() < TAKEOVERS); i++) {
                int key = writer + WRITERS * random.nextInt(KEYS / WRITERS);
                int kind = random.nextInt(120);
                String payload = kind == 0 ? "repeat('x', 100000)" : "'" + writer + "-" + i + "'";
                String time = kind == 1 ? "'infinity'" : "now()";
                statement.execute(
                        "insert into outbox (id, aggregatetype, aggregateid, type, payload, source, time, dataschema,"
                                + " changeid, operation) values (gen_random_uuid(), 'order', 'k" + key + "', 'T', "
                                + payload
                                + ", 'urn:test', " + time + ", '" + (kind < 2 ? "bad" : "good")
                                + "', gen_random_uuid(), 'update')");
                written.incrementAndGet();
                if (random.nextInt(4) == 0) {
                    connection.commit();
                    // So that much happens meanwhile.
                    LockSupport.parkNanos(random.nextInt(30_000_000));
                }
            }
            connection.commit();
        }
        return null;
    }

    /** Waits until so many rows more are written, or none will be any more. */
    private void awaitWritten(int count) {
        long goal = written.get() + count;
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> !writing.get() || written.get() >= goal);
    }

    private Void operateWhileThereIsWriting() throws Exception {
        SplittableRandom random = new SplittableRandom(SEED - 1);
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            while (writing.get()) {
                // A command for each few rows that are written.
                awaitWritten(random.nextInt(10));
                operate(statement, random);
            }
        }
        return null;
    }

    private void operate(Statement statement, SplittableRandom random) throws SQLException {
        List<String[]> parked = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery(
                "select aggregateid, coalesce(single_seqs[1], first_seq) from outbox_parked order by aggregateid")) {
            while (rows.next()) {
                parked.add(new String[] {rows.getString(1), rows.getString(2)});
            }
        }
        if (parked.isEmpty()) {
            return;
        }
        String[] one = parked.get(random.nextInt(parked.size()));
        if (random.nextInt(3) == 0) {
            statement.execute("update outbox set payload = 'corrected', time = now() where seq = " + one[1]);
        }
        String command = new String[] {"retry", "skip", "skip", "release"}[random.nextInt(4)];
        boolean all = random.nextInt(20) == 0;
        statement.execute(
                "insert into outbox_command (pipeline, command, aggregatetype, aggregateid, first_seq, requested_by)"
                        + " values ('" + database.name() + "', '" + command + "', 'order', "
                        + (all ? "null, null" : "'" + one[0] + "', " + (random.nextBoolean() ? one[1] : "null"))
                        + ", 'test')");
    }

    /** Lets one of two relays have the slot, until everything is published that is not parked. */
    private Void runRelays() throws Exception {
        SplittableRandom random = new SplittableRandom(SEED - 2);
        List<Relay> relays = new ArrayList<>(List.of(relay(), relay()));
        Relay leader = null;
        try {
            relays.forEach(Relay::start);
            while (writing.get()) {
                awaitWritten(40 + random.nextInt(120));
                Relay now = awaitStreaming(relays);
                if (leader != null && !now.equals(leader)) {
                    takeovers.incrementAndGet();
                }
                leader = now;
                int index = random.nextInt(relays.size());
                switch (random.nextInt(3)) {
                    case 0 -> database.terminateWalSender();
                    case 1 -> database.terminateSessions();
                    default -> {
                        relays.get(index).stop();
                        relays.set(index, relay());
                        relays.get(index).start();
                    }
                }
            }
            release();
        } finally {
            // The writers would wait for takeovers if this has failed.
            writing.set(false);
            relays.forEach(Relay::stop);
        }
        return null;
    }

    private static Relay awaitStreaming(List<Relay> relays) {
        return await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(10))
                .until(
                        () -> relays.stream()
                                .filter(relay -> relay.status().state() == RelayState.STREAMING)
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    private Relay relay() {
        return SteppedRelay.running(
                PoisonPolicy.all(Poison.PARK), database, Delivery.EXACTLY_ONCE, Map.of("max.request.size", 100_000));
    }

    /** Has everything released that is parked, until nothing is, and everything before a last event is published. */
    private void release() throws SQLException {
        database.insert("last", "last");
        await().atMost(PATIENCE).until(() -> topic.all().stream().anyMatch(event -> "last".equals(event.key())));
        database.ask("release");
        await().atMost(PATIENCE)
                .until(() -> database.query("select 1 from outbox_command where done_at is null") == null
                        && database.query("select 1 from outbox_parked") == null);
    }

    private void check() throws SQLException {
        Map<String, List<String>> published = new LinkedHashMap<>();
        Set<String> publishedIds = new HashSet<>();
        for (PublishedEvent event : topic.all()) {
            String id = event.headers().get("ce_id");
            assertThat(publishedIds.add(id)).as("published once: " + id).isTrue();
            published.computeIfAbsent(event.key(), key -> new ArrayList<>()).add(id);
        }
        Set<String> letters = new HashSet<>();
        try (DeadLetters dead =
                new DeadLetters(SharedServers.kafka().bootstrapServers(), SteppedRelay.deadLetters(database))) {
            dead.all().forEach(letter -> letters.add(letter.header("ce_id")));
        }
        Map<String, List<String>> expected = new HashMap<>();
        int givenUp = 0;
        int rowCount = 0;
        int healed = 0;
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery("select aggregateid, id, dataschema from outbox order by seq")) {
            while (rows.next()) {
                rowCount++;
                String id = rows.getString(2);
                boolean bad = "bad".equals(rows.getString(3));
                if (publishedIds.contains(id)) {
                    expected.computeIfAbsent(rows.getString(1), key -> new ArrayList<>())
                            .add(id);
                    healed += bad ? 1 : 0;
                } else {
                    assertThat(bad)
                            .as("only what could not be published was given up: " + id)
                            .isTrue();
                    assertThat(letters).as("what was given up is a dead letter").contains(id);
                    givenUp++;
                }
            }
        }
        assertThat(rowCount).isEqualTo(written.get() + 1);
        assertThat(published).isEqualTo(expected);
        // The run would show nothing without these.
        assertThat(givenUp).isPositive();
        assertThat(healed).isPositive();
    }
}
