package dev.fullstate.outbox.faults;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionState;
import org.junit.jupiter.api.Test;

import dev.fullstate.outbox.faults.load.Mix;
import dev.fullstate.outbox.faults.network.Direction;
import dev.fullstate.outbox.faults.relay.RelayProcess;

import static org.assertj.core.api.Assertions.assertThat;

/** Has Kafka abort the transaction of a relay that has fallen silent. */
class TransactionTimeoutIT {

    private static final Duration TRANSACTION_TIMEOUT = Duration.ofSeconds(3);
    private static final Set<TransactionState> ENDS =
            Set.of(TransactionState.COMPLETE_ABORT, TransactionState.COMPLETE_COMMIT);

    @Test
    void transactionAbortedByKafkaIsPublishedAgainAndSeenOnce() throws Exception {
        Map<String, String> impatient =
                Map.of("outbox.relay.exactly-once.transaction-timeout", TRANSACTION_TIMEOUT.toMillis() + "ms");
        try (Scenario scenario = Scenario.of(Mix.ORDINARY, impatient);
                Admin admin = Admin.create(
                        Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, Servers.BROKER.bootstrapServers()))) {
            RelayProcess relay = scenario.startRelay();
            String transactionalId = transactionalId(scenario);
            scenario.workload.allow(Scenario.ENDLESS);
            scenario.patience()
                    .until(
                            "Kafka aborts a transaction that is cut off while it is open",
                            () -> isCutOffAndAborted(
                                    scenario,
                                    () -> transaction(admin, transactionalId).state()));

            Servers.BROKER.link().heal();

            scenario.awaitAllPublished();
            assertThat(relay.isAlive()).isTrue();
            scenario.assertExactlyOnce();
        }
    }

    /**
     * Holds the link, and returns whether Kafka then aborts a transaction of the relay. A request to commit may have passed the link
     * before; then the relay goes on, and its next transaction is to be cut off.
     */
    private static boolean isCutOffAndAborted(Scenario scenario, Callable<TransactionState> transaction)
            throws Exception {
        Servers.BROKER.link().hold(Direction.TO_SERVER);
        if (transaction.call() == TransactionState.ONGOING) {
            scenario.workload.withdraw();
            scenario.patience().until("it ends", () -> ENDS.contains(transaction.call()));
            if (transaction.call() == TransactionState.COMPLETE_ABORT) {
                return true;
            }
            scenario.workload.allow(Scenario.ENDLESS);
        }
        Servers.BROKER.link().heal();
        return false;
    }

    private static String transactionalId(Scenario scenario) throws SQLException {
        return "outbox-relay-"
                + Objects.requireNonNull(scenario.outbox.query("select system_identifier from pg_control_system()"))
                + "-" + scenario.outbox.name();
    }

    private static TransactionDescription transaction(Admin admin, String transactionalId)
            throws ExecutionException, InterruptedException {
        return admin.describeTransactions(Set.of(transactionalId))
                .description(transactionalId)
                .get();
    }
}
