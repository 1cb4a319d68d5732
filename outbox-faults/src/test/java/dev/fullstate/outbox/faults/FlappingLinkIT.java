package dev.fullstate.outbox.faults;

import java.sql.SQLException;
import java.util.List;
import java.util.Objects;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.faults.network.Link;
import dev.fullstate.outbox.faults.relay.RelayProcess;

import static org.assertj.core.api.Assertions.assertThat;

/** Resets a relay's connections again and again. */
class FlappingLinkIT {

    private static final int WARM_UP = 10;
    private static final int FLAPS = 200;

    @Test
    @Tag("long")
    void relayWhoseConnectionsAreResetHundredsOfTimesLeaksNothing() throws SQLException {
        try (Scenario scenario = Scenario.exactlyOnce()) {
            RelayProcess relay = scenario.startRelay();
            flap(scenario, WARM_UP);
            Usage before = usage(scenario, relay);
            flap(scenario, FLAPS);
            Usage after = usage(scenario, relay);
            assertThat(after.threads).as("threads, producers' among them").isLessThanOrEqualTo(before.threads + 2);
            assertThat(after.toPostgres).isEqualTo(before.toPostgres);
            assertThat(after.toKafka).isLessThanOrEqualTo(before.toKafka + 1);
            assertThat(after.backends).isEqualTo(before.backends);
            scenario.assertExactlyOnce();
        }
    }

    private static void flap(Scenario scenario, int count) throws SQLException {
        for (int flap = 0; flap < count; flap++) {
            for (Link link : List.of(Servers.DATABASE.link(), Servers.BROKER.link())) {
                scenario.workload.commit(5);
                link.cut();
            }
            scenario.awaitStreaming();
        }
    }

    /** The relay's threads and connections, once it has caught up. */
    private record Usage(int threads, int toPostgres, int toKafka, long backends) {}

    private static Usage usage(Scenario scenario, RelayProcess relay) throws SQLException {
        scenario.awaitAllPublished();
        scenario.awaitStreaming();
        return new Usage(
                relay.usage().threadCount(),
                Servers.DATABASE.link().connectionCount(),
                Servers.BROKER.link().connectionCount(),
                Long.parseLong(Objects.requireNonNull(scenario.outbox.query(
                        "select count(*) from pg_stat_activity where application_name like 'outbox-relay%'"))));
    }
}
