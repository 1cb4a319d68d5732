package dev.fullstate.outbox.relay.wal;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;

import dev.fullstate.outbox.contract.OutboxNames;
import dev.fullstate.outbox.relay.position.Lsn;

/**
 * Never reads in a blocking way: the driver has no limit for that, and a time-out would end the stream. Where there is nothing to do, it waits
 * on the socket instead. The driver's automatic confirmation is off, because it confirms received positions.
 */
final class PostgresStream implements WalStream {

    /** The driver answers keepalives with it; the relay sends its own far more often. */
    private static final int DRIVER_STATUS_INTERVAL_SECONDS = 5;

    private final PGReplicationStream stream;
    private final @Nullable DriverSocket socket;
    private final Lsn start;
    private final PostgresSubscription subscription;
    private final int walSenderPid;
    private final Horizons horizons;
    private final RepublishJobs republishJobs;
    private final CurrentRows currentRows;

    private PostgresStream(
            PGReplicationStream stream,
            @Nullable DriverSocket socket,
            PostgresSubscription subscription,
            int walSenderPid,
            Horizons horizons) {
        this.stream = stream;
        this.socket = socket;
        // Read when no other process can move the slot any more.
        this.start = subscription.slot().requirePosition();
        this.subscription = subscription;
        this.walSenderPid = walSenderPid;
        this.horizons = horizons;
        this.republishJobs = subscription.republishJobs();
        this.currentRows = subscription.currentRows();
    }

    /**
     * Takes the slot and starts at its own confirmed position: a position of ours could skip what was never published.
     *
     * @param walSenderPid the server's process behind the connection
     */
    static PostgresStream start(
            Connection replication, PostgresSubscription subscription, int walSenderPid, Horizons horizons) {
        WalSettings settings = subscription.settings();
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
            return new PostgresStream(stream, DriverSocket.of(replication), subscription, walSenderPid, horizons);
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
            throw brokenOff(e);
        }
    }

    @Override
    public void awaitMessage(Duration atMost) {
        if (socket != null) {
            try {
                socket.await(atMost);
            } catch (SQLException e) {
                throw brokenOff(e);
            }
        }
    }

    private static WalException brokenOff(SQLException e) {
        return SqlFailure.of("The replication stream broke off", e);
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

    @Override
    public Optional<Lsn> slotPosition() {
        return subscription.slot().position();
    }

    @Override
    public SlotStatus slotStatus() {
        return subscription.slot().requireStatus(walSenderPid);
    }

    @Override
    public @Nullable String heldBack() {
        return subscription.standbys().heldBack();
    }

    @Override
    public void requirePublication() {
        subscription.requirePublication();
    }

    @Override
    public Horizons horizons() {
        return horizons;
    }

    @Override
    public RepublishJobs republishJobs() {
        return republishJobs;
    }

    @Override
    public CurrentRows currentRows() {
        return currentRows;
    }
}
