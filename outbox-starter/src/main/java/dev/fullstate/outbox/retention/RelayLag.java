package dev.fullstate.outbox.retention;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

import dev.fullstate.outbox.retention.OutboxState.Pipeline;
import dev.fullstate.outbox.store.Outbox;

/** The lag of the relays, for writers that can wait. */
public final class RelayLag {

    private RelayLag() {}

    /**
     * Returns the age of the oldest row that a relay of this server may not have published. It is zero if there is no such row,
     * and if it is not known, because no relay has written to {@code outbox_relay} or the role may not read it.
     *
     * @throws org.springframework.dao.DataAccessException if the database does not answer
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
