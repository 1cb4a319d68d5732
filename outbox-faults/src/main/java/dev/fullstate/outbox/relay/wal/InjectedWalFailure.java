package dev.fullstate.outbox.relay.wal;

import java.sql.SQLException;

import org.jspecify.annotations.NullMarked;

/** Makes the exception that a lost connection to PostgreSQL would. In this package because no other package may make one. */
@NullMarked
public final class InjectedWalFailure {

    private static final String CONNECTION_FAILURE = "08006";

    private InjectedWalFailure() {}

    public static RuntimeException at(String point) {
        return SqlFailure.of("Injected at " + point, new SQLException("connection lost", CONNECTION_FAILURE));
    }
}
