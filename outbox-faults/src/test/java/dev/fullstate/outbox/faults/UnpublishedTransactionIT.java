package dev.fullstate.outbox.faults;

import java.sql.SQLException;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.fullstate.outbox.faults.network.Direction;
import dev.fullstate.outbox.faults.relay.RelayProcess;

import static org.assertj.core.api.Assertions.assertThat;

/** Shows that the relay does not confirm to PostgreSQL what Kafka has not acknowledged, and sends it again. */
class UnpublishedTransactionIT {

    @ParameterizedTest
    @EnumSource
    void slotDoesNotPassWhatKafkaHasNotAcknowledged(Direction held) throws SQLException {
        try (Scenario scenario = Scenario.atLeastOnce()) {
            RelayProcess relay = scenario.startRelay();
            scenario.workload.commit(100);
            scenario.awaitAllPublished();
            long confirmed = scenario.published.distinctCount();

            Servers.BROKER.link().hold(held);
            scenario.workload.commit(50);
            awaitReplies(scenario, 1);
            scenario.workload.commit(50);
            scenario.outbox.execute("create table other as select n from generate_series(1, 10000) n");
            awaitReplies(scenario, 3);

            assertThat(new HashSet<>(scenario.committed.confirmedIds()))
                    .as("of %d events, of which Kafka has acknowledged %d", scenario.committed.count(), confirmed)
                    .hasSizeLessThanOrEqualTo((int) confirmed);
            relay.kill();
            Servers.BROKER.link().heal();
            scenario.startRelay();
            if (held == Direction.TO_CLIENT) {
                // Consumers have seen these events already, so the test can wait for nothing else.
                scenario.patience()
                        .until(
                                "sent again",
                                () -> !scenario.verdict().repeated().isEmpty());
            }
            scenario.assertAtLeastOnce();
        }
    }

    /** Waits until the relay has sent PostgreSQL that many status updates. */
    private static void awaitReplies(Scenario scenario, int count) {
        Set<String> replies = new HashSet<>();
        scenario.patience().until(count + " replies of the relay", () -> {
            replies.add(Objects.requireNonNull(scenario.outbox.query(
                    "select reply_time from pg_stat_replication where pid = " + scenario.walSender())));
            return replies.size() > count;
        });
    }
}
