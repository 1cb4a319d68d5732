package dev.fullstate.outbox.relay.wal;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.position.FoundEvent;
import dev.fullstate.outbox.relay.position.Newest;

/** The losses of {@link SimulatedDatabase}: events that were found and have no row. */
final class SimulatedLosses implements Losses {

    private final SimulatedSession session;
    private final SimulatedDatabase database;
    private final Map<UUID, FoundEvent> found;
    private Set<String> lost = Set.of();

    SimulatedLosses(SimulatedSession session, SimulatedDatabase database, Map<UUID, FoundEvent> found) {
        this.session = session;
        this.database = database;
        this.found = found;
    }

    @Override
    public Loss find(Map<String, String> aggregateTypes, boolean historyIsLost) {
        return session.call(() -> {
            lost = found.values().stream()
                    .filter(event -> !database.hasRow(event.id()))
                    .map(FoundEvent::key)
                    .collect(Collectors.toSet());
            return new Loss(lost.isEmpty() ? List.of() : types(), null, List.of());
        });
    }

    private List<Aggregates> types() {
        return List.of(new Aggregates("order", lost.size(), List.of()));
    }

    @Override
    public Request republish(boolean paused) {
        return session.call(() -> {
            database.request(lost);
            return new Request(new UUID(8, lost.hashCode()), paused, false, types());
        });
    }

    @Override
    public Request republish(List<String> types, Newest after, boolean paused) {
        throw new IllegalStateException("The simulation removes no rows");
    }

    @Override
    public List<Request> waiting() {
        return session.call(List::of);
    }

    @Override
    public @Nullable String missingGrant() {
        return session.call(() -> null);
    }
}
