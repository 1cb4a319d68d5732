package dev.fullstate.outbox.relay.autoconfigure;

import org.jspecify.annotations.Nullable;

/** The pipelines of a process cannot run as they are configured; says what to change. */
final class PipelineConfigurationException extends RuntimeException {

    private final String remedy;

    PipelineConfigurationException(String message, String remedy) {
        this(message, remedy, null);
    }

    PipelineConfigurationException(String message, String remedy, @Nullable Throwable cause) {
        super(message, cause);
        this.remedy = remedy;
    }

    String remedy() {
        return remedy;
    }
}
