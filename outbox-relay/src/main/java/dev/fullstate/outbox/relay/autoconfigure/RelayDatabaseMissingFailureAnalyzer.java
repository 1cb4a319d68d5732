package dev.fullstate.outbox.relay.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Names the properties that say which database the relay reads. */
final class RelayDatabaseMissingFailureAnalyzer extends AbstractFailureAnalyzer<RelayDatabaseMissingException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, RelayDatabaseMissingException cause) {
        return new FailureAnalysis(
                cause.getMessage() + ": there are neither JDBC connection details nor a URL.", """
                Set one of

                    spring.datasource.url=jdbc:postgresql://host/database
                    outbox.relay.url=jdbc:postgresql://host/database
                    outbox.relay.enabled=false""", cause);
    }
}
