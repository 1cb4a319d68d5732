package dev.fullstate.outbox.relay.wal;

/** Makes failures for tests outside of this package. */
public final class WalFailures {

    private WalFailures() {}

    public static WalException failure(String message) {
        return new WalException(message, "None", null);
    }

    static SlotInUseException slotInUse() {
        return new SlotInUseException("Simulated: the slot is in use", null);
    }
}
