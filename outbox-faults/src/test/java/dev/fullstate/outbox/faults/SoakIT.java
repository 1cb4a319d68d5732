package dev.fullstate.outbox.faults;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Lets two relays live with faults for an hour, or as many minutes as {@code -Dfaults.minutes} says. The figures are compared only if there are
 * enough of them.
 */
class SoakIT {

    private static final Logger log = LoggerFactory.getLogger(SoakIT.class);
    private static final Duration DURATION = Duration.ofMinutes(Integer.getInteger("faults.minutes", 60));

    @Test
    @Tag("long")
    void nothingGrowsInAnHourOfFaultsAndConsumersHaveEachEventOnce() throws SQLException {
        long seed = FaultPlan.chosenSeed();
        List<Figures> series = new ArrayList<>();
        try (Soak soak = new Soak(seed)) {
            log.info("{}, -Dfaults.seed={}", DURATION, seed);
            long end = System.nanoTime() + DURATION.toNanos();
            try {
                while (System.nanoTime() < end) {
                    soak.round();
                    series.add(soak.figures());
                    assertThat(soak.slotsTooManyOrMissing()).isEmpty();
                    log.info("Round {}: {}; {}", series.size(), series.get(series.size() - 1), soak);
                }
                soak.judge();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        "In round " + (series.size() + 1) + " of -Dfaults.seed=" + seed + "; " + soak + "\n"
                                + soak.context(),
                        e);
            }
        }
        log.info("Medians of the three thirds:{}", Growth.medians(series));
        assertThat(Growth.grown(series)).as(Growth.medians(series)).isEmpty();
    }
}
