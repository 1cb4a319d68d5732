package dev.fullstate.outbox.relay.wal;

import java.util.Optional;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.position.Lsn;

/** A session with {@link SimulatedDatabase} that may end at each call, before or after the call takes effect. */
final class SimulatedSession implements WalSession {

    private final SimulatedDatabase database;
    private boolean alive = true;
    private boolean streams;

    SimulatedSession(SimulatedDatabase database) {
        this.database = database;
    }

    boolean isAlive() {
        return alive;
    }

    /** Returns whether the slot is in use, so that no other session can change it. */
    boolean isStreaming() {
        return alive && streams;
    }

    <T extends @Nullable Object> T call(Supplier<T> effect) {
        requireAlive();
        T result = effect.get();
        requireAlive();
        return result;
    }

    void run(Runnable effect) {
        call(() -> {
            effect.run();
            return true;
        });
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
    public String pipeline() {
        return database.pipeline();
    }

    @Override
    public Optional<Lsn> slotPosition() {
        return call(() -> Optional.ofNullable(database.slot().position()));
    }

    @Override
    public Optional<SlotStatus> slotStatus() {
        return call(() -> Optional.of(
                new SlotStatus(0, 0, null, "reserved", database.slot().holder(this))));
    }

    @Override
    public Termination terminate(Holder holder) {
        return call(() -> {
            if (!database.slot().terminate(this, holder)) {
                return Termination.NOT_DUE;
            }
            database.tell("ends the session of the relay that is silent");
            return Termination.DONE;
        });
    }

    @Override
    public void lead() {
        run(() -> database.slot().lead(this));
        database.tell("lets the relay lead");
    }

    @Override
    public Subscription subscribe() {
        return call(() -> new SimulatedSubscription(this, database));
    }

    WalStream stream(int publication) {
        return call(() -> {
            streams = true;
            SimulatedStream stream = new SimulatedStream(this, database, publication);
            database.tell("streams from " + stream.start());
            return stream;
        });
    }

    @Override
    public boolean isPaused() {
        return false;
    }

    @Override
    public boolean isAnythingAccepted() {
        return false;
    }

    @Override
    public void notePauseFollowed() {
        // Nobody pauses anything.
    }

    @Override
    public void close() {
        alive = false;
    }
}
