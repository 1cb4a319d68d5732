package dev.fullstate.outbox.relay.wal;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;
import org.postgresql.util.ServerErrorMessage;

import dev.fullstate.outbox.relay.failure.FailureKind;
import dev.fullstate.outbox.relay.failure.PostgresFailure;

import static org.assertj.core.api.Assertions.assertThat;

class SqlFailureTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final WalSettings SETTINGS = new WalSettings(
            "jdbc:postgresql://localhost/orders", "relay", "", "outbox", "outbox", TIMEOUT, TIMEOUT, TIMEOUT, TIMEOUT);

    @Test
    void violatedProtocolThatTheOtherSideReportsIsAPooler() {
        PSQLException reported = new PSQLException(new ServerErrorMessage("SFATAL\0C08P01\0Munsupported\0"));
        assertThat(reported.getSQLState()).isEqualTo("08P01");
        assertThat(SqlFailure.connecting(reported, SETTINGS).remedy())
                .isEqualTo(PostgresFailure.POOLER_IN_BETWEEN.remedy());
    }

    @Test
    void violatedProtocolThatTheDriverReportsIsTriedAgain() {
        PSQLException garbled = new PSQLException("Protocol error", PSQLState.PROTOCOL_VIOLATION);
        assertThat(SqlFailure.connecting(garbled, SETTINGS).kind()).isEqualTo(FailureKind.REPLAY);
        assertThat(SqlFailure.connectingForReplication(garbled, SETTINGS).kind())
                .isEqualTo(FailureKind.REPLAY);
    }
}
