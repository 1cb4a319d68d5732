package dev.fullstate.outbox.faults;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.fullstate.outbox.faults.Relays.Fault;
import dev.fullstate.outbox.faults.network.Direction;

import static org.assertj.core.api.Assertions.assertThat;

/** Runs several relays, and kills, stops or cuts off the one that leads. */
class TakeoverIT {

    private static final Logger log = LoggerFactory.getLogger(TakeoverIT.class);

    /** This is much more than a takeover takes, and less than the server needs to free the slot by itself. */
    private static final Duration BOUND = Duration.ofSeconds(100);

    private static final Map<String, String> WITHOUT_THE_SERVERS_HELP =
            Map.of("outbox.relay.wal-sender-timeout", "120s", "outbox.relay.query-timeout", "3s");

    /** A leader on a busy machine may be late with its signs of life. */
    private static final Map<String, String> PATIENT = Map.of(
            "outbox.relay.wal-sender-timeout", "120s",
            "outbox.relay.query-timeout", "10s",
            "outbox.relay.leader-timeout", "6s");

    @Test
    void standByTakesOverWhateverEndsTheLeadersWorkAndTheFormerLeaderStandsBy() throws SQLException {
        try (Scenario scenario = Scenario.exactlyOnce();
                Relays relays = Relays.start(scenario, 3, WITHOUT_THE_SERVERS_HELP)) {
            for (Fault fault : new Fault[] {Fault.STOPPED, Fault.CUT_OFF, Fault.TERMINATED, Fault.KILLED}) {
                relays.awaitStandby();
                Duration time = relays.takeOver(fault);
                log.info("{}: taken over after {}", fault, time);
                assertThat(time).as("%s", fault).isLessThan(BOUND);
            }
            scenario.assertExactlyOnce();
        }
    }

    @Test
    void leaderThatWaitsForKafkaKeepsTheSlot() throws SQLException {
        try (Scenario scenario = Scenario.exactlyOnce();
                Relays relays = Relays.start(scenario, 2, PATIENT)) {
            // The relay would not wait for a topic that it does not know yet.
            scenario.workload.commit(100);
            scenario.awaitAllPublished();
            String walSender = scenario.walSender();
            // The link holds the requests and swallows none: they arrive when it is healed, and none has to time out
            // first.
            Servers.BROKER.link().hold(Direction.TO_SERVER);
            scenario.workload.commit(100);
            String since = scenario.outbox.query("select clock_timestamp()");
            scenario.patience()
                    .until(
                            "a silent one would have lost it",
                            () -> scenario.outbox.query("select 1 where clock_timestamp() > timestamptz '" + since
                                            + "' + interval '12 seconds'")
                                    != null);
            assertThat(scenario.walSender()).isEqualTo(walSender);
            Servers.BROKER.link().heal();
            scenario.assertExactlyOnce();
            assertThat(relays.leadingProcess().isAlive()).isTrue();
        }
    }
}
