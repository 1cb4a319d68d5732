package dev.fullstate.outbox.relay.monitor;

import java.util.function.Supplier;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

import dev.fullstate.outbox.relay.RelayStatus;
import dev.fullstate.outbox.relay.RelayStatus.Problem;
import dev.fullstate.outbox.relay.failure.Wording;
import dev.fullstate.outbox.relay.position.Progress;

/**
 * Health of the relay: UP only while it streams and Kafka answers. Out of service while it starts, publishes retained rows or has stopped; DOWN
 * with the cause and its remedy while something is wrong. A relay on standby is UNKNOWN, which takes nothing down: its service
 * works, and another relay publishes. So is a paused one.
 */
public final class RelayHealthIndicator implements HealthIndicator {

    private final Supplier<RelayStatus> relay;

    public RelayHealthIndicator(Supplier<RelayStatus> relay) {
        this.relay = relay;
    }

    @Override
    public Health health() {
        RelayStatus status = relay.get();
        Health.Builder health = Health.status(health(status))
                .withDetail("state", status.state())
                .withDetail("slot", status.slotName());
        Progress progress = status.progress();
        if (progress != null) {
            health.withDetail("received", progress.received().toString())
                    .withDetail("published", progress.published().toString())
                    .withDetail("confirmed", progress.confirmed().toString());
        }
        Problem problem = status.problem();
        if (problem != null) {
            health.withDetail("problem", problem.message())
                    .withDetail("kind", problem.kind().toString())
                    .withDetail("remedy", problem.remedy());
        }
        if (!status.warnings().isEmpty()) {
            health.withDetail(
                    "warnings",
                    status.warnings().stream()
                            .map(warning -> Wording.withRemedy(warning.message(), warning.remedy()))
                            .toList());
        }
        return health.build();
    }

    private static Status health(RelayStatus status) {
        return switch (status.state()) {
            case STREAMING -> status.problem() == null ? Status.UP : Status.DOWN;
            case STANDBY, PAUSED -> Status.UNKNOWN;
            case STARTING, PUBLISHING_RETAINED, STOPPED -> Status.OUT_OF_SERVICE;
            case RETRYING, FAILED -> Status.DOWN;
        };
    }
}
