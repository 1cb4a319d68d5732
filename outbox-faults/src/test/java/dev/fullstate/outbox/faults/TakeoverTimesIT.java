package dev.fullstate.outbox.faults;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.fullstate.outbox.faults.Relays.Fault;

/**
 * Measures takeovers, with the delays that a relay has by default: {@code -Dfaults.takeovers=} of each kind, in turns. It asserts nothing
 * but that the published events are right.
 */
@Tag("long")
class TakeoverTimesIT {

    private static final Logger log = LoggerFactory.getLogger(TakeoverTimesIT.class);
    private static final int TAKEOVERS = Integer.getInteger("faults.takeovers", 50);
    private static final int BETWEEN_LINES = 5;

    private static final Map<String, String> DEFAULTS = Map.of(
            "outbox.relay.standby-interval", "250ms",
            "outbox.relay.retry.min-delay", "500ms",
            "outbox.relay.retry.max-delay", "30s");

    @Test
    void takeoverTimesOfEachKindAreMeasured() throws SQLException {
        Map<Fault, List<Duration>> times = new EnumMap<>(Fault.class);
        try (Scenario scenario = Scenario.exactlyOnce();
                Relays relays = Relays.start(scenario, 3, DEFAULTS)) {
            for (int i = 0; i < TAKEOVERS; i++) {
                for (Fault fault : Fault.values()) {
                    relays.awaitStandby();
                    times.computeIfAbsent(fault, kind -> new ArrayList<>()).add(relays.takeOver(fault));
                    if (fault == Fault.KILLED || fault == Fault.TERMINATED) {
                        relays.add();
                    }
                }
                if ((i + 1) % BETWEEN_LINES == 0) {
                    times.forEach((fault, each) -> log.info("{}", line(fault, each)));
                }
            }
            scenario.assertExactlyOnce();
        }
    }

    private static String line(Fault fault, List<Duration> times) {
        List<Duration> sorted = new ArrayList<>(times);
        Collections.sort(sorted);
        return "%s: %d takeovers, ms: min %d, p50 %d, p95 %d, max %d"
                .formatted(
                        fault,
                        sorted.size(),
                        sorted.get(0).toMillis(),
                        sorted.get(rank(sorted, 50)).toMillis(),
                        sorted.get(rank(sorted, 95)).toMillis(),
                        sorted.get(sorted.size() - 1).toMillis());
    }

    /** Returns the index of a percentile, by the nearest rank. */
    private static int rank(List<Duration> sorted, int percent) {
        return (sorted.size() * percent + 99) / 100 - 1;
    }
}
