package dev.fullstate.outbox.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

import dev.fullstate.outbox.aggregate.AggregateMappingException;

/** Shows the entity that cannot be captured, and the line to change. */
final class AggregateMappingFailureAnalyzer extends AbstractFailureAnalyzer<AggregateMappingException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, AggregateMappingException cause) {
        return new FailureAnalysis(cause.getMessage(), cause.action(), cause);
    }
}
