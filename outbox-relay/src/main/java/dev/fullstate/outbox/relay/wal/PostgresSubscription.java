package dev.fullstate.outbox.relay.wal;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.contract.OutboxNames;
import dev.fullstate.outbox.relay.failure.FailureKind;
import dev.fullstate.outbox.relay.failure.Wording;
import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.position.ResumePoint;

/** Asks through the ordinary connection, and sends commands about the slot through the one for replication. */
final class PostgresSubscription implements Subscription {

    /** A table of any size may have to be looked through. */
    static final Duration SEARCH_TIMEOUT = Duration.ofMinutes(10);

    private final PostgresSession session;
    private final WalSettings settings;
    private final Connection ordinary;
    private final Catalog catalog;
    private final Publication publication;
    private final OwnSlot slot;
    private final Standbys standbys;

    PostgresSubscription(
            PostgresSession session,
            WalSettings settings,
            Connection ordinary,
            Catalog catalog,
            Publication publication) {
        this.session = session;
        this.settings = settings;
        this.ordinary = ordinary;
        this.catalog = catalog;
        this.publication = publication;
        this.slot = new OwnSlot(catalog, settings);
        this.standbys = new Standbys(ordinary, settings);
    }

    @Override
    public Facts facts(@Nullable ResumePoint recorded) {
        return session.take(connection ->
                new DatabaseHistory(catalog, connection, settings).facts(publication, slot.find(), recorded));
    }

    @Override
    public void dropSlot() {
        if (slot.find().isPresent()) {
            try {
                catalog.dropSlot(settings.slotName());
            } catch (WalException e) {
                throw e.getCause() instanceof SQLException cause && SqlFailure.isInsufficientPrivilege(cause)
                        ? undroppable(cause)
                        : e;
            }
        }
    }

    private WalException undroppable(SQLException cause) {
        return new WalException(
                "Replication slot '" + settings.slotName() + "' keeps WAL that nobody reads any more, and role "
                        + settings.role() + " may not drop it",
                "select pg_drop_replication_slot('" + settings.slotName() + "'); -- as a role with REPLICATION",
                cause);
    }

    @Override
    public Source source() {
        return settings.source();
    }

    @Override
    public void withdrawNote() {
        horizons().withdraw();
    }

    @Override
    public void withdrawEmptyNote() {
        horizons().withdrawEmpty();
    }

    @Override
    public void requireLead() {
        session.take(session::walSenderPid);
    }

    private HorizonTable horizons() {
        return new HorizonTable(ordinary, settings, publication);
    }

    @Override
    public NewSlot createSlot() {
        new OutboxPublication(catalog, settings).requireOwnTransactions(publication);
        horizons().announce();
        if (settings.readsTable()) {
            return session.take(connection -> {
                Horizon now = horizons().now();
                requireOnDisk(now.lsn());
                return new NewSlot(now.lsn(), now.snapshot());
            });
        }
        return session.take(connection -> {
            Connections.limit(connection, settings.slotCreationTimeout().plus(settings.queryTimeout()));
            return new SlotCreation(connection, catalog, settings).create();
        });
    }

    private void requireOnDisk(Lsn lsn) {
        if (!Transactions.poll(settings.slotCreationTimeout(), () -> catalog.isOnDisk(lsn))) {
            throw new WalException(
                    FailureKind.RETRY,
                    "The server has not written its WAL up to " + lsn + " to its disk for "
                            + Wording.of(settings.slotCreationTimeout()),
                    "Look at the server's disk",
                    null);
        }
    }

    @Override
    public RetainedRows retainedRows() {
        Connections.limit(ordinary, SEARCH_TIMEOUT);
        return new PostgresRetainedRows(ordinary, names(), settings, null);
    }

    @Override
    public RetainedRows retainedRows(String aggregateType) {
        Connections.limit(ordinary, SEARCH_TIMEOUT);
        return new PostgresRetainedRows(ordinary, names(), settings, aggregateType);
    }

    @Override
    public ParkingTables parkingTables() {
        return new PostgresParkingTables(ordinary, names(), settings);
    }

    @Override
    public Losses losses() {
        return new PostgresLosses(ordinary, names(), settings);
    }

    @Override
    public boolean standbysHave(Lsn lsn) {
        return standbys.have(lsn);
    }

    @Override
    public WalStream stream() {
        // First, since a search of the table may have been given minutes. A relay that has had no answer for so long
        // has lost the slot: there is nothing to wait for any more.
        Connections.limit(ordinary, min(settings.queryTimeout(), settings.walSenderTimeout()));
        slot.requirePosition();
        standbys.require();
        HorizonTable horizons = horizons();
        horizons.neverWait();
        return session.take(connection -> {
            Connections.limit(connection, settings.walSenderTimeout());
            FailoverSlot.mark(connection, catalog, settings);
            int walSenderPid = session.walSenderPid(connection);
            PostgresStream stream = PostgresStream.start(connection, this, walSenderPid, horizons);
            FailoverSlot.requireMark(catalog, settings);
            standbys.logPromise();
            return stream;
        });
    }

    @Override
    public TableRows table() {
        Duration patience = min(settings.queryTimeout(), settings.walSenderTimeout());
        Connections.limit(ordinary, patience);
        standbys.require();
        HorizonTable horizons = horizons();
        horizons.neverWait();
        return session.take(connection -> {
            Connections.endIfSilent(connection, settings.walSenderTimeout());
            standbys.logPromise();
            return new PostgresTableRows(connection, this, session.walSenderPid(connection), horizons, patience);
        });
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    WalSettings settings() {
        return settings;
    }

    OwnSlot slot() {
        return slot;
    }

    Standbys standbys() {
        return standbys;
    }

    void requirePublication() {
        new OutboxPublication(catalog, settings).requireUnchanged(publication);
    }

    RepublishJobs republishJobs() {
        return new RepublishTables(ordinary, settings, publication);
    }

    CurrentRows currentRows() {
        return new PostgresCurrentRows(ordinary, names(), settings.slotName());
    }

    OutboxNames names() {
        return publication.names();
    }
}
