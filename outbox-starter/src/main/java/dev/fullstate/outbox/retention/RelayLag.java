package dev.fullstate.outbox.retention;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

import dev.fullstate.outbox.retention.OutboxState.Pipeline;
import dev.fullstate.outbox.store.Outbox;

/** How far the relays are behind, for those who write and can wait. */
public final class RelayLag {

    private RelayLag() {}

    /**
     * The age of the oldest row that a relay of this server may not have published. Zero if there is none, and where it is not
     * known: no relay has written to {@code outbox_relay}, or the role must not look.
     *
     * @throws org.springframework.dao.DataAccessException where the database cannot be asked
     */
    public static Duration oldestUnpublishedAge(Outbox outbox) {
        Ring ring = new Ring(outbox);
        if (ring.obstacle(false).isPresent()) {
            return Duration.ZERO;
        }
        Optional<Instant> oldest = ring.pipelines().stream()
                .filter(Pipeline::ofThisServer)
                .map(Pipeline::oldestUnpublished)
                .filter(Objects::nonNull)
                .min(Instant::compareTo);
        return oldest.map(at -> Duration.between(at, ring.now()))
                .filter(age -> !age.isNegative())
                .orElse(Duration.ZERO);
    }
}
