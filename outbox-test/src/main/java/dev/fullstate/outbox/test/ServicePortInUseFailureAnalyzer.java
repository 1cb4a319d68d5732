package dev.fullstate.outbox.test;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Names the remedies when the port of a test service is in use. */
final class ServicePortInUseFailureAnalyzer extends AbstractFailureAnalyzer<ServicePortInUseException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, ServicePortInUseException cause) {
        return new FailureAnalysis(
                "%s did not start because port %d is in use.".formatted(cause.service(), cause.port()),
                "Stop the process that listens on the port, or set %s to another port (0 takes any free one)."
                        .formatted(cause.property()),
                cause);
    }
}
