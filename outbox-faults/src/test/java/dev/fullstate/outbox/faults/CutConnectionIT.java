package dev.fullstate.outbox.faults;

import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.faults.load.Mix;
import dev.fullstate.outbox.faults.network.Cut;
import dev.fullstate.outbox.faults.network.Direction;
import dev.fullstate.outbox.faults.relay.RelayProcess;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Breaks the replication connection off after N bytes of PostgreSQL's. The window holds all that PostgreSQL sends: the end of the
 * handshake, the answer to START_REPLICATION, and messages of each kind.
 */
class CutConnectionIT {

    private static final long FIRST = 780;
    private static final long LAST = 2_000;

    @Test
    void connectionBrokenOffAtManyBytesLosesAndRepeatsNothing() throws SQLException {
        // The step is a prime, so that it does not always miss a length of messages.
        cut(61);
    }

    @Test
    @Tag("long")
    void connectionBrokenOffAtEveryByteLosesAndRepeatsNothing() throws SQLException {
        cut(1);
    }

    private static void cut(long step) throws SQLException {
        Map<String, String> eager =
                Map.of("outbox.relay.retry.min-delay", "5ms", "outbox.relay.retry.max-delay", "5ms");
        try (Scenario scenario = Scenario.of(Mix.ORDINARY, eager)) {
            RelayProcess relay = scenario.startRelay();
            AtomicLong next = new AtomicLong(FIRST);
            Servers.DATABASE
                    .link()
                    .cutEach(new Cut(
                            opening -> opening.contains("replication"),
                            Direction.TO_CLIENT,
                            () -> next.getAndAdd(step)));
            Servers.DATABASE.link().cut();
            while (next.get() <= LAST) {
                long reached = next.get();
                scenario.workload.commit(10);
                scenario.patience().until("the next cut is made", () -> next.get() > reached);
            }
            Servers.DATABASE.link().cutEach(null);
            assertThat(relay.isAlive()).isTrue();
            scenario.assertExactlyOnce();
        }
    }
}
