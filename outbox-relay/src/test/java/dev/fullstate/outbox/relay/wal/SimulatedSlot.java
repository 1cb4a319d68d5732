package dev.fullstate.outbox.relay.wal;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.position.Lsn;

/** The one slot of a {@link SimulatedDatabase}, and the session that leads. */
final class SimulatedSlot {

    private final RandomGenerator random;
    /** What relays have confirmed of the present history, rising; a standby may have its slot at any of them. */
    private final List<Lsn> confirmed = new ArrayList<>();

    private @Nullable Lsn position;
    /** Only where there is a position. */
    private boolean lost;

    private @Nullable SimulatedSession leader;
    private int signOfLife;
    private int terminatedCount;

    SimulatedSlot(RandomGenerator random) {
        this.random = random;
    }

    @Nullable
    Lsn position() {
        return position;
    }

    boolean isLost() {
        return lost;
    }

    Lsn require() {
        Lsn present = position;
        if (present == null || lost) {
            throw WalFailures.failure("Simulated: there is no slot to stream from");
        }
        return present;
    }

    /** What a relay has confirmed last; null if nothing. */
    @Nullable
    Lsn confirmed() {
        return confirmed.isEmpty() ? null : confirmed.get(confirmed.size() - 1);
    }

    /** Returns whether that moves the slot. */
    boolean confirm(Lsn lsn) {
        Lsn last = position;
        if (last == null || !lsn.isAfter(last)) {
            return false;
        }
        position = lsn;
        confirmed.add(lsn);
        return true;
    }

    void create(SimulatedSession session, Lsn lsn) {
        requireLeader(session);
        put(lsn);
    }

    void drop(SimulatedSession session) {
        requireLeader(session);
        position = null;
    }

    private void requireLeader(SimulatedSession session) {
        if (leader != session) {
            throw new AssertionError("A relay touches the slot that does not lead");
        }
    }

    private void put(Lsn lsn) {
        position = lsn;
        lost = false;
    }

    /**
     * Somebody drops the slot, drops it and creates it, or advances it; or the server gives it up. A relay that streams is ended before.
     *
     * @param advanced where somebody may put it; null if nobody would
     */
    void change(@Nullable Lsn advanced) {
        SimulatedSession present = leader;
        if (present != null && present.isStreaming()) {
            present.close();
        }
        switch (random.nextInt(4)) {
            case 0 -> position = null;
            case 1 -> lost = position != null;
            default -> {
                if (advanced != null) {
                    put(advanced);
                }
            }
        }
    }

    /** The server has gone back: the slot is where it was at some time before, or is not there. */
    void goBack(Lsn end) {
        confirmed.removeIf(lsn -> lsn.isAfter(end));
        position = confirmed.isEmpty() || position == null || random.nextInt(3) == 0
                ? null
                : confirmed.get(random.nextInt(confirmed.size()));
    }

    /** The server is another one, without a slot. */
    void vanish() {
        confirmed.clear();
        position = null;
    }

    void lead(SimulatedSession session) {
        if (leader != null && leader != session && leader.isAlive()) {
            throw WalFailures.slotInUse();
        }
        leader = session;
    }

    /**
     * The session that leads, for another one. Now and then nothing is heard of it between two looks, though it lives;
     * to the one who looks, process ids are the hash codes of sessions.
     */
    @Nullable
    Holder holder(SimulatedSession asking) {
        SimulatedSession holder = other(asking);
        if (holder == null) {
            return null;
        }
        if (random.nextInt(4) == 0) {
            signOfLife++;
        }
        return new Holder(holder.hashCode(), "", Integer.toString(signOfLife));
    }

    /** Takes the slot from a session of which nothing has been heard. */
    boolean terminate(SimulatedSession asking, Holder holder) {
        SimulatedSession actual = other(asking);
        if (actual == null || !new Holder(actual.hashCode(), "", Integer.toString(signOfLife)).equals(holder)) {
            return false;
        }
        actual.close();
        terminatedCount++;
        return true;
    }

    private @Nullable SimulatedSession other(SimulatedSession asking) {
        return leader != null && leader != asking && leader.isAlive() ? leader : null;
    }

    /** How often a session lost the slot because nothing was heard of it. */
    int terminatedCount() {
        return terminatedCount;
    }
}
