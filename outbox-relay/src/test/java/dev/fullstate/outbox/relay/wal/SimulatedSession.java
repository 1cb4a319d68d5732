package dev.fullstate.outbox.relay.wal;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.position.Fill;
import dev.fullstate.outbox.relay.position.FoundEvent;
import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.position.Newest;
import dev.fullstate.outbox.relay.position.Numbers;
import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.wal.SimulatedDatabase.Row;

/** A session with {@link SimulatedDatabase} that may end at each call, before or after what the call does. */
final class SimulatedSession implements WalSession {

    private final SimulatedDatabase database;
    private final Map<UUID, FoundEvent> found = new HashMap<>();
    private boolean alive = true;
    private boolean streams;
    private int publication;

    SimulatedSession(SimulatedDatabase database) {
        this.database = database;
    }

    boolean isAlive() {
        return alive;
    }

    /** Whether the slot is in use, so that nobody can change it. */
    boolean streams() {
        return alive && streams;
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
        call(() -> {
            if (database.requirePublication() != publication) {
                throw WalFailures.failure("Simulated: the publication has changed");
            }
            return true;
        });
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
        return database.pipeline();
    }

    @Override
    public void lead() {
        call(() -> {
            database.lead(this);
            return true;
        });
    }

    @Override
    public Facts facts(@Nullable ResumePoint recorded) {
        return call(() -> {
            publication = database.requirePublication();
            return database.facts(recorded);
        });
    }

    @Override
    public void dropSlot() {
        call(() -> {
            database.dropSlot(this);
            return true;
        });
    }

    @Override
    public NewSlot createSlot() {
        return call(() -> database.createSlot(this));
    }

    @Override
    public RetainedRows retainedRows() {
        return new Retained();
    }

    @Override
    public WalStream stream() {
        return call(() -> {
            streams = true;
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
                call(() -> {
                    database.note(horizon.snapshot());
                    return true;
                });
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

    @Override
    public Losses losses() {
        return new SimulatedLosses(this, database, found);
    }

    private String snapshot() {
        return database.snapshot();
    }

    @Override
    public void close() {
        alive = false;
    }

    private final class Retained implements RetainedRows {

        private static final int PAGE_ROWS = 7;

        private final Map<String, Long> reached = new HashMap<>();
        private long highestFound;

        @Override
        public String table() {
            return "outbox";
        }

        @Override
        public Survey survey(Fill fill) {
            return call(() -> {
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
            call(() -> true);
            events.forEach(event -> {
                found.put(event.id(), event);
                highestFound = Math.max(highestFound, event.sequence());
            });
        }

        @Override
        public void endFound(Fill fill) {
            call(() -> true);
            database.retained(fill.again()).stream()
                    .filter(row -> found.containsKey(row.id()))
                    .forEach(row -> reached.merge(row.key(), row.seq(), Math::max));
        }

        @Override
        public boolean hasLost() {
            return call(() -> found.values().stream().anyMatch(each -> !database.hasRow(each.id(), each.sequence())));
        }

        @Override
        public boolean reachBackTo(Newest published) {
            // Nobody removes rows.
            return true;
        }

        @Override
        public long highestFound() {
            return highestFound;
        }

        @Override
        public List<byte[] @Nullable []> page(Fill fill) {
            return call(() -> database.retained(fill).stream()
                    .filter(row -> row.seq() > reached.getOrDefault(row.key(), 0L))
                    .limit(PAGE_ROWS)
                    .<byte[] @Nullable []>map(SimulatedStream::values)
                    .toList());
        }

        @Override
        public @Nullable Newest newest(String snapshot) {
            return call(() -> database.newest(snapshot));
        }

        @Override
        public Numbers continuing(long highest, Fill fill) {
            return call(() -> database.continuing(
                    highest,
                    fill,
                    reached.values().stream().mapToLong(Long::longValue).max().orElse(0)));
        }

        @Override
        public boolean raiseSequence(Numbers numbers) {
            return call(() -> database.raiseSequence(numbers));
        }
    }
}
