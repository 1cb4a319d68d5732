package dev.fullstate.outbox.relay.wal;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.position.Fill;
import dev.fullstate.outbox.relay.position.FoundEvent;
import dev.fullstate.outbox.relay.position.Newest;
import dev.fullstate.outbox.relay.position.Numbers;
import dev.fullstate.outbox.relay.wal.SimulatedDatabase.Row;

/** The rows of {@link SimulatedDatabase} that are older than its slot. */
final class SimulatedRetainedRows implements RetainedRows {

    private static final int PAGE_ROWS = 7;

    private final SimulatedSession session;
    private final SimulatedDatabase database;
    private final Map<UUID, FoundEvent> found;
    private final Map<String, Long> reached = new HashMap<>();
    private long highestFound;

    /** @param found is filled with the events that were found in Kafka, by their ids */
    SimulatedRetainedRows(SimulatedSession session, SimulatedDatabase database, Map<UUID, FoundEvent> found) {
        this.session = session;
        this.database = database;
        this.found = found;
    }

    @Override
    public String table() {
        return "outbox";
    }

    @Override
    public Survey survey(Fill fill) {
        return session.call(() -> {
            List<Row> rows = database.retained(fill);
            return new Survey(
                    rows.size(), rows.isEmpty() ? 0 : rows.get(0).seq(), Instant.EPOCH, null, Set.of("order"));
        });
    }

    @Override
    public void beginFound() {
        found.clear();
    }

    @Override
    public void found(List<FoundEvent> events) {
        session.call(() -> true);
        events.forEach(event -> {
            found.put(event.id(), event);
            highestFound = Math.max(highestFound, event.sequence());
        });
    }

    @Override
    public void endFound(Fill fill) {
        session.call(() -> true);
        database.retained(fill.again()).stream()
                .filter(row -> found.containsKey(row.id()))
                .forEach(row -> reached.merge(row.key(), row.seq(), Math::max));
    }

    @Override
    public boolean hasLost() {
        return session.call(
                () -> found.values().stream().anyMatch(each -> !database.hasRow(each.id(), each.sequence())));
    }

    @Override
    public boolean reachBackTo(long published) {
        // The simulation removes no rows.
        return true;
    }

    @Override
    public long highestFound() {
        return highestFound;
    }

    @Override
    public List<byte[] @Nullable []> page(Fill fill) {
        return session.call(() -> database.retained(fill).stream()
                .filter(row -> row.seq() > reached.getOrDefault(row.key(), 0L))
                .limit(PAGE_ROWS)
                .<byte[] @Nullable []>map(SimulatedStream::values)
                .toList());
    }

    @Override
    public @Nullable Newest newest(String snapshot, Set<String> aggregateTypes) {
        return session.call(() -> database.newest(snapshot));
    }

    @Override
    public @Nullable Newest newest() {
        throw new IllegalStateException("Nobody has accepted a position");
    }

    @Override
    public Numbers continuing(long highest, long waiting, Fill fill) {
        return session.call(() -> database.continuing(
                highest,
                fill,
                reached.values().stream().mapToLong(Long::longValue).max().orElse(0)));
    }

    @Override
    public boolean raiseSequence(Numbers numbers) {
        return session.call(() -> database.raiseSequence(numbers));
    }
}
