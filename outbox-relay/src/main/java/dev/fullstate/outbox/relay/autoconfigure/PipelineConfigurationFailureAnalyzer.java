package dev.fullstate.outbox.relay.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Names the pipeline's property that has to be changed. */
final class PipelineConfigurationFailureAnalyzer extends AbstractFailureAnalyzer<PipelineConfigurationException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, PipelineConfigurationException cause) {
        return new FailureAnalysis(cause.getMessage() + ".", cause.remedy(), cause);
    }
}
