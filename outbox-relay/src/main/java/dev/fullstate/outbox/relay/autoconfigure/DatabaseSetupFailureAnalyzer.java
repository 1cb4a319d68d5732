package dev.fullstate.outbox.relay.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

import dev.fullstate.outbox.relay.wal.DatabaseSetupException;

/** Shows the statement that sets the database up for the relay. */
final class DatabaseSetupFailureAnalyzer extends AbstractFailureAnalyzer<DatabaseSetupException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, DatabaseSetupException cause) {
        return new FailureAnalysis(
                "The outbox relay cannot read the database. " + cause.getMessage(),
                cause.remedy() + "\n\n(outbox.relay.enabled=false starts the application without its relay.)",
                cause);
    }
}
