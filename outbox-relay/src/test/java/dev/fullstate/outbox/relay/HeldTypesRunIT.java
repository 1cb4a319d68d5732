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
import java.util.TreeSet;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.contract.OutboxTable;
import dev.fullstate.outbox.harness.outbox.OutboxInsert;
import dev.fullstate.outbox.relay.RefusingTopics.Refusal;
import dev.fullstate.outbox.relay.publish.PublisherSettings.Delivery;
import dev.fullstate.outbox.relay.wal.Source;
import dev.fullstate.outbox.test.PublishedEvents;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Takes random steps: writes events of several types, some of which cannot be published, refuses and allows topics, cuts the relay off, stops
 * and starts it, perhaps with the other source, releases what is parked. The table is the oracle: at the end each event was published once and, per aggregate, in its order.
 */
class HeldTypesRunIT {

    private static final long SEED = 20_261_129;
    private static final List<String> TYPES = List.of("order", "invoice", "refund", "item");

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final TreeSet<String> refused = new TreeSet<>();
    private List<Source> sources = List.of();
    private RefusingTopics topics;
    private OutboxDatabase database;
    private int written;
    private int refusalCount;

    @Test
    void everyEventIsPublishedOnceAndInItsOrder() throws Exception {
        run(150, Source.WAL);
    }

    @Test
    void soItIsWhereTheTableIsTheSource() throws Exception {
        run(150, Source.TABLE);
    }

    @Test
    void soItIsWhereTheSourceChanges() throws Exception {
        run(150, Source.values());
    }

    @Test
    @Tag("long")
    void alsoInALongRun() throws Exception {
        run(4_000, Source.WAL);
    }

    @Test
    @Tag("long")
    void alsoInALongRunWhereTheSourceChanges() throws Exception {
        run(4_000, Source.values());
    }

    /** @param from where each relay reads, perhaps in another place than the one before */
    private void run(int stepCount, Source... from) throws Exception {
        sources = List.of(from);
        try (RefusingTopics broker = RefusingTopics.start();
                OutboxDatabase outbox = OutboxDatabase.migrated()) {
            topics = broker;
            database = outbox;
            SteppedRelay relay = relay();
            relay.stepUntil(RelayState.STREAMING);
            for (int i = 0; i < stepCount; i++) {
                relay = act(relay);
                for (int n = random.nextInt(12); n > 0; n--) {
                    relay.step();
                    if (sources.equals(List.of(Source.WAL))) {
                        assertThat(relay.state()).as("no need to search").isNotEqualTo(RelayState.PUBLISHING_RETAINED);
                    }
                }
            }
            for (String type : TYPES) {
                allow(type);
            }
            database.execute("update outbox set payload = seq where length(payload) > 100000");
            try (Published published = new Published()) {
                awaitAll(relay, published);
                relay.close();
                check(published);
            }
        }
    }

    private SteppedRelay act(SteppedRelay relay) throws Exception {
        String type = TYPES.get(random.nextInt(TYPES.size()));
        switch (random.nextInt(16)) {
            case 0 -> refuse(type);
            case 1, 2 -> allow(type);
            case 3 -> database.terminateSessions();
            case 4 -> {
                relay.close();
                if (sources.size() > 1 && database.hasSlot() && random.nextInt(3) == 0) {
                    database.dropSlot();
                }
                return relay();
            }
            case 5 -> release();
            case 6, 7, 8 -> relay.moveTime(Duration.ofSeconds(random.nextInt(8)));
            case 9 -> writeMany(type);
            default -> write();
        }
        return relay;
    }

    private SteppedRelay relay() {
        Source source = sources.get(random.nextInt(sources.size()));
        return SteppedRelay.treating(
                PoisonPolicy.all(Poison.PARK),
                database,
                Delivery.EXACTLY_ONCE,
                Map.of("bootstrap.servers", topics.kafka().bootstrapServers(), "max.request.size", 100_000),
                wal -> wal.reading(source));
    }

    private void refuse(String type) throws Exception {
        if (refused.add(type)) {
            // Where the source changes, the relay has to read all topics.
            List<Refusal> refusals = sources.size() == 1 ? List.of(Refusal.values()) : List.of(Refusal.WRITE);
            topics.refuse(SteppedRelay.topic(database, type), refusals.get(random.nextInt(refusals.size())));
            refusalCount++;
        }
    }

    private void allow(String type) throws Exception {
        if (refused.remove(type)) {
            topics.allow(SteppedRelay.topic(database, type));
        }
    }

    private void release() throws SQLException {
        database.ask("retry");
    }

    /** Commits some rows of several aggregates, one in thirty of which is too large. */
    private void write() throws SQLException {
        StringBuilder transaction = new StringBuilder("begin;");
        for (int n = random.nextInt(5); n >= 0; n--) {
            written++;
            transaction
                    .append(OutboxInsert.row()
                            .with(OutboxTable.AGGREGATE_TYPE, "'" + TYPES.get(random.nextInt(TYPES.size())) + "'")
                            .of("a" + random.nextInt(3))
                            .payload(random.nextInt(30) == 0 ? "x".repeat(110_000) : "fits")
                            .sql())
                    .append(';');
        }
        database.execute(transaction.append("commit").toString());
    }

    /** Commits more rows than are read at a time: many of one type, and some of another. */
    private void writeMany(String type) throws SQLException {
        int count = 700;
        String other = TYPES.get(random.nextInt(TYPES.size()));
        int first = random.nextInt(count);
        written += count;
        database.execute(OutboxInsert.rows(count)
                .with(
                        OutboxTable.AGGREGATE_TYPE,
                        "case when n between %d and %d then '%s' else '%s' end"
                                .formatted(first, first + 50, other, type))
                .with(OutboxTable.AGGREGATE_ID, "'a' || n % 3")
                .with(OutboxTable.PAYLOAD, "n || repeat('x', 500)"));
    }

    private void awaitAll(SteppedRelay relay, Published published) throws SQLException {
        release();
        relay.stepUntil(() -> {
            relay.moveTime(Duration.ofMillis(100));
            return database.query("select 1 from outbox_command where done_at is null") == null
                    && database.query("select 1 from outbox_parked") == null
                    && published.count() >= written;
        });
    }

    /** The events of all types. */
    private final class Published implements AutoCloseable {

        private final Map<String, PublishedEvents> byType = new HashMap<>();

        private Published() {
            TYPES.forEach(type -> byType.put(
                    type, PublishedEvents.of(topics.kafka().bootstrapServers(), SteppedRelay.topic(database, type))));
        }

        private int count() {
            return byType.values().stream()
                    .mapToInt(events -> events.all().size())
                    .sum();
        }

        /** Returns the ids of the events of each aggregate, in their order. */
        private Map<String, List<String>> byAggregate() {
            Map<String, List<String>> ids = new HashMap<>();
            byType.forEach((type, events) -> events.all()
                    .forEach(event -> ids.computeIfAbsent(type + event.key(), key -> new ArrayList<>())
                            .add(event.headers().get("ce_id"))));
            return ids;
        }

        @Override
        public void close() {
            byType.values().forEach(PublishedEvents::close);
        }
    }

    private void check(Published published) throws SQLException {
        Map<String, List<String>> expected = new HashMap<>();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery("select aggregatetype || aggregateid, id from outbox order by seq")) {
            while (rows.next()) {
                expected.computeIfAbsent(rows.getString(1), key -> new ArrayList<>())
                        .add(rows.getString(2));
            }
        }
        assertThat(published.byAggregate()).isEqualTo(expected);
        // The run would show nothing without these.
        assertThat(refusalCount).isPositive();
        assertThat(database.query("select count(*) from outbox_command where outcome not like '%for 0 parked%'"))
                .isNotEqualTo("0");
    }
}
