package dev.fullstate.outbox.relay.wal;

import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.position.PublishedRows;
import dev.fullstate.outbox.relay.wal.SimulatedDatabase.Row;
import dev.fullstate.outbox.relay.wal.SimulatedDatabase.Transaction;

/** A session with {@link SimulatedDatabase} that may end at each call, before or after what the call does. */
final class SimulatedSession implements WalSession {

    private final SimulatedDatabase database;
    private boolean alive = true;

    SimulatedSession(SimulatedDatabase database) {
        this.database = database;
    }

    boolean isAlive() {
        return alive;
    }

    <T extends @Nullable Object> T call(Supplier<T> effect) {
        requireAlive();
        T result = effect.get();
        requireAlive();
        return result;
    }

    private void requireAlive() {
        if (alive && database.strikes()) {
            close();
        }
        if (!alive) {
            throw WalFailures.failure("Simulated: the session is gone");
        }
    }

    @Override
    public void requirePublication() {
        call(() -> true);
    }

    @Override
    public Optional<Lsn> slotPosition() {
        return call(() -> Optional.ofNullable(database.slot()));
    }

    @Override
    public SlotStatus slotStatus() {
        return call(() -> new SlotStatus(0, 0, null, "reserved", null));
    }

    @Override
    public @Nullable String heldBack() {
        return call(() -> null);
    }

    @Override
    public boolean standbysHave(Lsn lsn) {
        return true;
    }

    @Override
    public Optional<SlotStatus> look() {
        return call(() -> Optional.of(new SlotStatus(0, 0, null, "reserved", database.holder(this))));
    }

    @Override
    public Termination terminate(Holder holder) {
        return call(() -> database.terminate(this, holder) ? Termination.DONE : Termination.NOT_DUE);
    }

    @Override
    public String pipeline() {
        return "simulated";
    }

    @Override
    public void requireBetween(Lsn confirmed, Lsn published) {
        // Nobody moves the slot but relays, so anything else is their mistake.
        if (confirmed.isAfter(published) || published.isAfter(database.walEnd())) {
            throw new AssertionError("The slot is at " + confirmed + ", the position at " + published);
        }
    }

    @Override
    public RetainedRows retainedRows() {
        return call(() -> {
            database.beginFirstStart(this);
            return new Retained();
        });
    }

    @Override
    public WalStream stream() {
        return call(() -> {
            database.take(this);
            return new SimulatedStream(this, database);
        });
    }

    @Override
    public Horizons horizons() {
        return new Horizons() {

            @Override
            public Horizon now() {
                return call(() -> new Horizon(snapshot(), database.walEnd()));
            }

            @Override
            public void note(Horizon horizon, Lsn published) {
                List<Transaction> shown = database.committed().subList(0, Integer.parseInt(horizon.snapshot()));
                database.requirePublished(shown::contains, "Snapshot " + horizon.snapshot() + " is noted");
                call(() -> true);
            }
        };
    }

    @Override
    public RepublishJobs republishJobs() {
        return new RepublishJobs() {

            @Override
            public Ended ended() {
                int count = database.committed().size();
                // As an id, how many transactions had committed.
                Job job = new Job(new UUID(0, count), Set.of("order"));
                return call(() -> new Ended(database.hasEndedJob() ? List.of(job) : List.of(), database.walEnd()));
            }

            @Override
            public void note(Job job, List<End> ends, Lsn published) {
                call(() -> {
                    database.requireBefore(ends, (int) job.id().getLeastSignificantBits());
                    return true;
                });
            }
        };
    }

    @Override
    public CurrentRows currentRows() {
        return new CurrentRows() {

            @Override
            public String table() {
                return "outbox";
            }

            @Override
            public boolean belongsToOutbox(int relationOid, String schema, String name) {
                return true;
            }

            @Override
            public Found find(byte[] @Nullable [] values, int xid) {
                throw new AssertionError("Each simulated row can be published as it comes");
            }
        };
    }

    private String snapshot() {
        return Integer.toString(database.committed().size());
    }

    @Override
    public void close() {
        alive = false;
    }

    private final class Retained implements RetainedRows {

        private final Lsn end = database.walEnd();
        private final String snapshot = SimulatedSession.this.snapshot();
        private final List<Row> visible = database.retained();
        private Iterator<Row> rows = Collections.emptyIterator();

        @Override
        public void begin(List<PublishedRows> published) {
            rows = call(() -> visible.stream()
                    .filter(row -> published.stream().noneMatch(before -> database.isIn(before, row)))
                    .iterator());
        }

        @Override
        public String snapshot() {
            return snapshot;
        }

        @Override
        public byte @Nullable [] @Nullable [] next() {
            return call(() -> rows.hasNext() ? SimulatedStream.values(rows.next()) : null);
        }

        @Override
        public Lsn end() {
            return end;
        }

        @Override
        public void complete() {
            call(() -> {
                database.createSlot(end);
                return true;
            });
        }
    }
}
