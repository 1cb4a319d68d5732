package dev.fullstate.outbox.relay.monitor;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

import dev.fullstate.outbox.relay.RelayState;
import dev.fullstate.outbox.relay.RelayStatus;
import dev.fullstate.outbox.relay.RelayStatus.Problem;
import dev.fullstate.outbox.relay.failure.FailureKind;
import dev.fullstate.outbox.relay.failure.Warning;
import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.position.Progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

class RelayHealthIndicatorTest {

    @ParameterizedTest
    @CsvSource({
        "STREAMING, UP",
        "STANDBY, UNKNOWN",
        "STARTING, OUT_OF_SERVICE",
        "PUBLISHING_RETAINED, OUT_OF_SERVICE",
        "STOPPED, OUT_OF_SERVICE",
        "RETRYING, DOWN",
        "FAILED, DOWN"
    })
    void onlyAStreamingRelayIsUp(RelayState state, String health) {
        assertThat(health(new RelayStatus(state, "outbox", null, null)).getStatus())
                .isEqualTo(new Status(health));
    }

    @Test
    void streamingRelayWithAProblemIsDown() {
        Problem problem = new Problem(FailureKind.RETRY, "Kafka does not answer", "remedy");
        assertThat(health(new RelayStatus(RelayState.STREAMING, "outbox", null, problem))
                        .getStatus())
                .isEqualTo(Status.DOWN);
    }

    @Test
    void detailsShowTheProgressAndTheProblem() {
        RelayStatus status = new RelayStatus(
                RelayState.RETRYING,
                "orders",
                new Progress(Lsn.parse("0/3"), Lsn.parse("0/2"), Lsn.parse("0/1")),
                new Problem(FailureKind.RETRY, "cause", "remedy"));
        assertThat(health(status).getDetails())
                .containsOnly(
                        entry("state", RelayState.RETRYING),
                        entry("slot", "orders"),
                        entry("received", "0/3"),
                        entry("published", "0/2"),
                        entry("confirmed", "0/1"),
                        entry("problem", "cause"),
                        entry("kind", "retry"),
                        entry("remedy", "remedy"));
    }

    @Test
    void warningsDoNotTakeTheRelayDown() {
        Warning warning = new Warning("The cluster is old", "kafka-features.sh upgrade");
        Health health = health(new RelayStatus(RelayState.STREAMING, "outbox", null, null, List.of(warning)));
        assertThat(health.getStatus()).isEqualTo(Status.UP);
        assertThat(health.getDetails())
                .containsEntry("warnings", List.of("The cluster is old. Remedy: kafka-features.sh upgrade"));
    }

    private static Health health(RelayStatus status) {
        return new RelayHealthIndicator(() -> status).health();
    }
}
