package dev.fullstate.outbox.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

import dev.fullstate.outbox.schema.OutboxSchemaException;

/** Shows why the outbox cannot be created or used, and the remedy. */
final class OutboxSchemaFailureAnalyzer extends AbstractFailureAnalyzer<OutboxSchemaException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, OutboxSchemaException cause) {
        return new FailureAnalysis(cause.getMessage(), cause.action(), cause);
    }
}
