package dev.fullstate.outbox.relay;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.fullstate.outbox.contract.OutboxNames;
import dev.fullstate.outbox.harness.outbox.OutboxInsert;
import dev.fullstate.outbox.relay.wal.WalException;
import dev.fullstate.outbox.relay.wal.WalSession;
import dev.fullstate.outbox.relay.wal.WalSettings;
import dev.fullstate.outbox.relay.wal.WalSource;
import dev.fullstate.outbox.relay.wal.WalStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Waits on the driver's socket, with and without TLS: nothing that arrives meanwhile is lost or torn, and the wait ends when it should. */
class AwaitedMessagesIT {

    private static final Duration A_MOMENT = Duration.ofMillis(1);
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final int ROW_COUNT = 30;
    private static final int ROW_BYTES = 1_000_000;

    @TempDir
    static Path folder;

    private static SecuredPostgres postgres;

    @BeforeAll
    static void startPostgres() throws IOException, SQLException {
        postgres = SecuredPostgres.start(folder);
    }

    @AfterAll
    static void stopPostgres() {
        postgres.close();
    }

    /** Uses a stream. */
    private interface Use {

        void accept(OutboxDatabase database, WalStream stream) throws SQLException;
    }

    private static void withStream(String parameters, Use use) throws SQLException {
        try (OutboxDatabase database = OutboxDatabase.migrated(postgres.server());
                WalSession session =
                        WalSource.of(settings(database, parameters)).open()) {
            session.lead();
            var subscription = session.subscribe();
            subscription.createSlot();
            use.accept(database, subscription.stream());
        }
    }

    private static WalSettings settings(OutboxDatabase database, String parameters) {
        return new WalSettings(
                database.url() + parameters,
                database.server().username(),
                database.server().password(),
                OutboxNames.DEFAULT.publication(),
                database.name(),
                LONG,
                LONG,
                LONG,
                LONG);
    }

    @ParameterizedTest
    @ValueSource(strings = {"?sslmode=disable", "?sslmode=require"})
    void waitEndsWithItsTimeAndTheStreamGoesOn(String parameters) throws SQLException {
        withStream(parameters, (database, stream) -> {
            long began = System.nanoTime();
            Duration time = Duration.ofMillis(300);
            int waits = 0;
            while (System.nanoTime() - began < time.toNanos()) {
                stream.awaitMessage(time);
                assertThat(stream.read()).isNull();
                waits++;
            }
            // What the server says by itself at the start ends a wait, too.
            assertThat(waits).isLessThan(20);
            stream.confirm(stream.start());
            database.insert("a", "1");
            assertThat(bytesOfNextTransaction(stream, LONG)).isPositive();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"?sslmode=disable", "?sslmode=require"})
    void messageEndsTheWait(String parameters) throws SQLException {
        withStream(parameters, (database, stream) -> {
            database.insert("a", "1");
            Duration wait = Duration.ofSeconds(50);
            long began = System.nanoTime();
            assertThat(bytesOfNextTransaction(stream, wait)).isPositive();
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(wait);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"?sslmode=disable", "?sslmode=require"})
    void timeOutInTheMiddleOfAMessageLosesNothing(String parameters) throws SQLException {
        withStream(parameters, (database, stream) -> {
            database.execute(OutboxInsert.rows(ROW_COUNT)
                    .with("payload", "repeat('x', " + ROW_BYTES + ")")
                    .sql());
            assertThat(bytesOfNextTransaction(stream, A_MOMENT)).isGreaterThan((long) ROW_COUNT * ROW_BYTES);
            database.insert("a", "1");
            assertThat(bytesOfNextTransaction(stream, A_MOMENT)).isPositive();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"?sslmode=disable", "?sslmode=require"})
    void lostConnectionEndsTheWait(String parameters) throws SQLException {
        withStream(parameters, (database, stream) -> {
            database.terminateWalSender();
            assertThatExceptionOfType(WalException.class).isThrownBy(() -> {
                while (true) {
                    stream.awaitMessage(LONG);
                    stream.read();
                }
            });
        });
    }

    /** Reads to the end of a transaction, and waits before each read. */
    private static long bytesOfNextTransaction(WalStream stream, Duration wait) {
        long bytes = 0;
        while (true) {
            stream.awaitMessage(wait);
            ByteBuffer message = stream.read();
            if (message != null) {
                bytes += message.remaining();
                if (message.get(message.position()) == 'C') {
                    return bytes;
                }
            }
        }
    }
}
