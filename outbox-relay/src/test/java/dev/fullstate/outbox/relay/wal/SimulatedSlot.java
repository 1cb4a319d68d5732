package dev.fullstate.outbox.relay.wal;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.position.Lsn;

/** The one slot of a {@link SimulatedDatabase}, and the session that leads. */
final class SimulatedSlot {

    private final RandomGenerator random;
    /** The positions in the present history that relays have confirmed, rising; a standby may have its slot at any of them. */
    private final List<Lsn> confirmed = new ArrayList<>();

    private @Nullable Lsn position;
    /** True only if there is a position. */
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

    /** Returns the position that a relay confirmed last; null if none did. */
    @Nullable
    Lsn confirmed() {
        return confirmed.isEmpty() ? null : confirmed.get(confirmed.size() - 1);
    }

    /** Confirms a position; returns whether that moves the slot. */
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
            throw new AssertionError("A relay that does not lead touches the slot");
        }
    }

    private void put(Lsn lsn) {
        position = lsn;
        lost = false;
    }

    /**
     * Drops the slot, drops and creates it, or advances it, as an operator does, or gives it up, as the server does; before that, it ends
     * the stream of a relay.
     *
     * @param advanced where an operator may put it; null if none would
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

    /** Puts the slot back to where it was at some time, or removes it, as a server has it that has gone back. */
    void goBack(Lsn end) {
        confirmed.removeIf(lsn -> lsn.isAfter(end));
        position = confirmed.isEmpty() || position == null || random.nextInt(3) == 0
                ? null
                : confirmed.get(random.nextInt(confirmed.size()));
    }

    /** Removes the slot, as another server has none. */
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
     * Returns the session that leads, as another one sees it. Now and then it shows no sign of life between two looks, though it lives; its
     * process id is its hash code.
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

    /** Takes the slot from a silent session. */
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

    /** Returns how often a session lost the slot because it was silent. */
    int terminatedCount() {
        return terminatedCount;
    }
}
