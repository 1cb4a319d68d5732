package dev.fullstate.outbox.relay;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.harness.outbox.OutboxInsert;
import dev.fullstate.outbox.relay.publish.PublisherSettings.Delivery;
import dev.fullstate.outbox.relay.wal.Source;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Takes random steps: transactions that overlap in every way, and some of which roll back or are prepared, events that cannot be published,
 * relays that are cut off, stopped, and started again with the WAL or the table as their source. The table is the oracle: at the end each
 * event was published once and, per aggregate, in its order.
 */
class TableSourceRunIT extends RelayIntegrationTest {

    private static final long SEED = 20_261_130;
    private static final int AGGREGATES = 5;
    private static final int WRITERS = 4;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final List<Writer> writers = new ArrayList<>();
    private Source source = Source.TABLE;
    private int switchCount;
    private int overlapCount;

    /** A session with a transaction, perhaps, which has the locks of some aggregates' roots. */
    private final class Writer {

        private final Connection connection = database.connect();
        private final List<String> locked = new ArrayList<>();

        private Writer() throws SQLException {
            connection.setAutoCommit(false);
        }

        private void write(String id) throws SQLException {
            boolean isFree = writers.stream().noneMatch(other -> other != this && other.locked.contains(id));
            if (isFree) {
                locked.add(id);
                overlapCount += writers.stream()
                                        .filter(other -> !other.locked.isEmpty())
                                        .count()
                                > 1
                        ? 1
                        : 0;
                String payload = random.nextInt(25) == 0 ? "x".repeat(110_000) : "fits";
                execute(OutboxInsert.row().of(id).payload(payload).sql());
            }
        }

        private void end() throws SQLException {
            switch (random.nextInt(5)) {
                case 0 -> connection.rollback();
                case 1 -> {
                    execute("set local synchronous_commit = off");
                    connection.commit();
                }
                default -> connection.commit();
            }
            locked.clear();
        }

        private void execute(String sql) throws SQLException {
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql);
            }
        }
    }

    @Test
    void everyEventIsPublishedOnceAndInItsOrder() throws Exception {
        run(600);
    }

    @Test
    @Tag("long")
    void alsoInALongRun() throws Exception {
        run(20_000);
    }

    private void run(int stepCount) throws Exception {
        for (int i = 0; i < WRITERS; i++) {
            writers.add(new Writer());
        }
        SteppedRelay relay = relay();
        for (int i = 0; i < stepCount; i++) {
            relay = act(relay);
            for (int n = random.nextInt(6); n > 0; n--) {
                relay.step();
            }
        }
        for (Writer writer : writers) {
            writer.connection.commit();
            writer.connection.close();
        }
        database.execute("update outbox set payload = seq where length(payload) > 1000");
        awaitAll(relay);
        relay.close();
        check();
    }

    private SteppedRelay act(SteppedRelay relay) throws Exception {
        Writer writer = writers.get(random.nextInt(WRITERS));
        switch (random.nextInt(40)) {
            case 0 -> database.endSessions();
            case 1 -> {
                relay.close();
                return relay();
            }
            case 2 -> {
                relay.close();
                return withTheOtherSource();
            }
            case 3 -> database.ask("retry");
            case 4, 5, 6, 7 -> relay.moveTime(Duration.ofSeconds(random.nextInt(8)));
            case 8, 9, 10, 11, 12, 13, 14, 15, 16, 17 -> writer.end();
            default -> writer.write("a" + random.nextInt(AGGREGATES));
        }
        return relay;
    }

    /** A new slot waits for transactions, which would never end here: one thread does everything. */
    private SteppedRelay withTheOtherSource() throws SQLException {
        for (Writer writer : writers) {
            writer.end();
        }
        source = source == Source.WAL ? Source.TABLE : Source.WAL;
        switchCount++;
        SteppedRelay relay = relay();
        relay.stepUntil(RelayState.STREAMING);
        return relay;
    }

    private SteppedRelay relay() {
        return SteppedRelay.treating(
                PoisonPolicy.all(Poison.PARK),
                database,
                Delivery.EXACTLY_ONCE,
                Map.of("max.request.size", 100_000),
                wal -> wal.reading(source));
    }

    private void awaitAll(SteppedRelay relay) throws SQLException {
        int count = Integer.parseInt(database.query("select count(*) from outbox"));
        database.ask("retry");
        relay.stepUntil(() -> {
            relay.moveTime(Duration.ofMillis(100));
            return database.query("select 1 from outbox_command where done_at is null") == null
                    && database.query("select 1 from outbox_parked") == null
                    && topic.all().size() >= count;
        });
    }

    private void check() throws SQLException {
        Map<String, List<String>> expected = new HashMap<>();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select aggregateid, id from outbox order by seq")) {
            while (rows.next()) {
                expected.computeIfAbsent(rows.getString(1), key -> new ArrayList<>())
                        .add(rows.getString(2));
            }
        }
        Map<String, List<String>> published = new HashMap<>();
        topic.all()
                .forEach(event -> published
                        .computeIfAbsent(event.key(), key -> new ArrayList<>())
                        .add(event.headers().get("ce_id")));
        assertThat(published).isEqualTo(expected);
        // The run would show nothing without these.
        assertThat(switchCount).isPositive();
        assertThat(overlapCount).isPositive();
        assertThat(database.query("select count(*) from outbox_command where outcome not like '%for 0 parked%'"))
                .isNotEqualTo("0");
    }
}
