package dev.fullstate.outbox.relay.wal;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * The relay that has the slot, as far as the server shows it to another one. Two of them are equal if nothing has been heard of the
 * relay in between.
 *
 * @param pid the server's process that has the slot for it
 * @param startedAt when that process started, because process ids are used again; null where the server does not show it
 * @param signOfLife another one every half a second while the relay lives and reaches the server; null where it shows none
 */
public record Holder(
        int pid, @Nullable String startedAt, @Nullable String signOfLife) {

    /** {@return whether both have the slot through the same process of the server} */
    public boolean isSameProcess(@Nullable Holder other) {
        return other != null && pid == other.pid && Objects.equals(startedAt, other.startedAt);
    }
}
