package dev.fullstate.outbox.relay.wal;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;

import dev.fullstate.outbox.contract.OutboxNames;
import dev.fullstate.outbox.relay.position.Lsn;

/**
 * Never reads in a blocking way: the driver holds its lock while it waits, and nothing could be confirmed meanwhile. The
 * driver's automatic confirmation is off, because it goes by what was received.
 */
final class PostgresStream implements WalStream {

    /** The driver answers keepalives with it; the relay sends its own far more often. */
    private static final int DRIVER_STATUS_INTERVAL_SECONDS = 5;

    private final PGReplicationStream stream;
    private final Lsn start;

    private PostgresStream(PGReplicationStream stream, Lsn start) {
        this.stream = stream;
        this.start = start;
    }

    /**
     * Takes the slot and starts at its own confirmed position: a position of ours could skip what was never published.
     *
     * @param confirmed is asked for the position when nobody else can move the slot any more
     */
    static PostgresStream start(Connection replication, WalSettings settings, Supplier<Lsn> confirmed) {
        try {
            PGReplicationStream stream = replication
                    .unwrap(PGConnection.class)
                    .getReplicationAPI()
                    .replicationStream()
                    .logical()
                    .withSlotName(settings.slotName())
                    .withStartPosition(LogSequenceNumber.valueOf(Lsn.ZERO.value()))
                    .withSlotOption("proto_version", 1)
                    .withSlotOption("publication_names", OutboxNames.quoted(settings.publication()))
                    .withStatusInterval(DRIVER_STATUS_INTERVAL_SECONDS, TimeUnit.SECONDS)
                    .withAutomaticFlush(false)
                    .start();
            return new PostgresStream(stream, confirmed.get());
        } catch (SQLException e) {
            throw SqlFailure.of("Streaming from slot '" + settings.slotName() + "' could not start", e);
        }
    }

    @Override
    public Lsn start() {
        return start;
    }

    @Override
    public @Nullable ByteBuffer read() {
        try {
            return stream.readPending();
        } catch (SQLException e) {
            throw SqlFailure.of("The replication stream broke off", e);
        }
    }

    @Override
    public Lsn serverPosition() {
        return new Lsn(stream.getLastReceiveLSN().asLong());
    }

    @Override
    public void confirm(Lsn lsn) {
        LogSequenceNumber position = LogSequenceNumber.valueOf(lsn.value());
        stream.setFlushedLSN(position);
        stream.setAppliedLSN(position);
        try {
            stream.forceUpdateStatus();
        } catch (SQLException e) {
            throw SqlFailure.of("The position " + lsn + " could not be confirmed", e);
        }
    }
}
