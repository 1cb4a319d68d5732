package dev.fullstate.outbox.relay.wal;

import java.time.Duration;
import java.time.Instant;

import dev.fullstate.outbox.relay.failure.Diagnosis;
import dev.fullstate.outbox.relay.failure.Wording;

/**
 * Compares the clocks of the database and of this machine. No relay needs them to be the same; from an hour
 * of difference on, a fill may overlook what Kafka has.
 */
final class Clocks {

    private static final String CLOCKS = "clocks";
    /** Far more than synchronised clocks differ, and than an answer takes. */
    private static final Duration BOUND = Duration.ofSeconds(10);

    private Clocks() {}

    static Diagnosis compare(Catalog catalog) {
        Instant before = Instant.now();
        Instant database = catalog.now();
        Instant after = Instant.now();
        Instant here = before.plus(Duration.between(before, after).dividedBy(2));
        return compare(Duration.between(here, database));
    }

    /** @param ahead how much later the database's clock is; negative if it is earlier */
    static Diagnosis compare(Duration ahead) {
        Duration difference = ahead.abs();
        if (difference.compareTo(BOUND) < 0) {
            return Diagnosis.ok(
                    CLOCKS, "the database's clock and this machine's differ by less than " + Wording.of(BOUND));
        }
        return Diagnosis.warning(
                CLOCKS,
                "the database's clock is " + Wording.of(difference) + (ahead.isNegative() ? " behind" : " ahead of")
                        + " this machine's: the meter outbox.relay.latency is wrong by that, and from an hour on a relay that fills a gap may"
                        + " overlook what Kafka has, and publish it again",
                "Synchronise the clocks of both machines, for example with chrony");
    }
}
