package dev.fullstate.outbox.faults;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.fullstate.outbox.faults.load.Mix;
import dev.fullstate.outbox.faults.network.Link;
import dev.fullstate.outbox.faults.relay.RelayProcess;

import static org.assertj.core.api.Assertions.assertThat;

/** Swallows everything on the way to either server, without a reset. */
class BlackHoleIT {

    private static final Logger log = LoggerFactory.getLogger(BlackHoleIT.class);
    private static final int UP = 200;
    private static final int DOWN = 503;

    private static final Map<String, String> WITH_WEB = Map.of(
            "spring.main.web-application-type", "servlet",
            "management.endpoint.health.probes.enabled", "true",
            "management.endpoint.health.group.readiness.include", "readinessState,outboxRelay",
            "outbox.relay.query-timeout", "3s",
            "outbox.relay.connect-timeout", "2s",
            "outbox.relay.wal-sender-timeout", "3s",
            "outbox.relay.kafka-timeout", "1s",
            "outbox.relay.exactly-once.transaction-timeout", "8s");

    @Test
    void relayNoticesAndSurvivesANetworkThatSwallowsEverything() throws SQLException {
        try (Scenario scenario = Scenario.of(Mix.ORDINARY, WITH_WEB)) {
            RelayProcess relay = scenario.startRelay();
            for (Link link : List.of(Servers.BROKER.link(), Servers.DATABASE.link())) {
                scenario.workload.commit(500);
                scenario.awaitAllPublished();
                scenario.patience().until("ready", () -> relay.healthStatus("readiness") == UP);

                link.blackHole();
                scenario.workload.commit(500);

                Duration noticed =
                        scenario.patience().until("not ready", () -> relay.healthStatus("readiness") == DOWN);
                assertThat(relay.healthStatus("liveness")).isEqualTo(UP);
                link.heal();
                Duration recovered =
                        scenario.patience().until("ready again", () -> relay.healthStatus("readiness") == UP);
                log.info("{}: noticed after {}, ready again after {}", link, noticed, recovered);
            }
            scenario.assertExactlyOnce();
        }
    }
}
