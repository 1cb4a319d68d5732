package dev.fullstate.outbox.relay.wal;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.fullstate.outbox.relay.failure.FailureKind;
import dev.fullstate.outbox.relay.position.Lsn;
import dev.fullstate.outbox.relay.position.ResumePoint;

/** The connections of one attempt to read: one for queries, and, once it is about to take the slot, one for replication. */
final class PostgresSession implements WalSession {

    private static final Logger log = LoggerFactory.getLogger(WalSession.class);

    /** A table of any size may have to be looked through. */
    private static final Duration SEARCH_TIMEOUT = Duration.ofMinutes(10);

    private final WalSettings settings;
    private final Connections connections;
    private final Connection ordinary;
    private final Catalog catalog;
    private final Standbys standbys;
    // Nothing but this reference keeps the stream's socket from the garbage collector.
    private @Nullable Connection replication;
    private @Nullable SignOfLife signOfLife;
    private @Nullable Publication publication;
    private @Nullable HorizonTable horizons;
    private @Nullable RepublishTables republishJobs;
    private @Nullable CurrentRows currentRows;
    private @Nullable Integer streamingPid;

    PostgresSession(WalSettings settings, Connections connections, Connection ordinary) {
        this.settings = settings;
        this.connections = connections;
        this.ordinary = ordinary;
        this.catalog = new Catalog(ordinary, settings.publication());
        this.standbys = new Standbys(ordinary, settings);
    }

    @Override
    public void lead() {
        take(connection -> {
            Connections.limit(connection, settings.queryTimeout());
            Catalog own = new Catalog(connection, settings.publication());
            if (!own.tryLock(settings.slotName())
                    || own.streamingPid(settings.slotName()).isPresent()) {
                throw new SlotInUseException("Another relay has replication slot '" + settings.slotName() + "'", null);
            }
            return true;
        });
    }

    @Override
    public Facts facts(@Nullable ResumePoint recorded) {
        Publication found = catalog.publication();
        requireUsable(found);
        publication = found;
        return take(connection -> new DatabaseHistory(catalog, connection, settings).facts(found, slot(), recorded));
    }

    @Override
    public void requirePublication() {
        Publication found = catalog.publication();
        if (!found.equals(publication)) {
            throw new WalException(
                    FailureKind.REPLAY,
                    found.names().text("The publication of {outbox}") + " was replaced or altered (it was "
                            + known().version() + ", it is " + found.version()
                            + "): the stream may lack rows, and nothing more is confirmed",
                    "None: the relay finds the rows in the table and publishes them",
                    null);
        }
        requireLogged(found);
    }

    /** PostgreSQL lets nobody turn a published table into an unlogged one, but does not look at its partitions. */
    private void requireLogged(Publication publication) {
        catalog.unloggedPart(publication.names()).ifPresent(part -> {
            throw new WalException(
                    "Table " + part + " is UNLOGGED: its rows are not in the WAL, and no stream brings them",
                    "ALTER TABLE " + part + " SET LOGGED; SELECT pg_drop_replication_slot('" + settings.slotName()
                            + "'); -- the relay makes it anew, and finds in the table the rows that Kafka lacks",
                    null);
        });
    }

    private Publication known() {
        return Objects.requireNonNull(publication, "The facts come first");
    }

    /**
     * @throws DatabaseSetupException if the role may not do with the tables what the relay does; carries the grants
     * @throws WalException if there is no publication that names the outbox table, or no table for the relays beside it
     */
    void requireUsableTables() {
        requireUsable(catalog.publication());
    }

    private void requireUsable(Publication publication) {
        List<String> grants = catalog.missingGrants(publication.names());
        if (!grants.isEmpty()) {
            throw new DatabaseSetupException(
                    "Role " + settings.role() + " lacks rights: the relay reads "
                            + publication.names().text("{outbox}")
                            + " when it starts for the first time, and notes in tables beside it what it has published",
                    String.join(" ", grants),
                    null);
        }
        if (!catalog.exists(publication.names().sql("{outbox_relay}"))) {
            throw new WalException(
                    publication.names().text("Table {outbox_relay} does not exist"),
                    "Start the service that writes to the outbox: its migration creates it",
                    null);
        }
        requireLogged(publication);
    }

    /**
     * @throws DatabaseSetupException if the server does not keep events back until standbys have their commits, as it should
     */
    void requireStandbys() {
        standbys.require();
    }

    private void sayWhatAFailoverMeans() {
        String promise = standbys.promise();
        if (promise != null) {
            log.info("{}", promise);
        }
    }

    /** PostgreSQL takes each walsender for a standby, also one for logical replication. */
    void warnOfSynchronousStandby() {
        String names = catalog.setting("synchronous_standby_names");
        if (names.contains("*")) {
            log.warn(
                    "synchronous_standby_names is '{}', which makes the relay a synchronous standby: commits may wait until Kafka has"
                            + " their events, and for ever while no relay runs. Remedy: ALTER SYSTEM SET synchronous_standby_names ="
                            + " '...'; -- with the names of the real standbys",
                    names);
        }
    }

    @Override
    public Horizons horizons() {
        return Objects.requireNonNull(horizons, "Nothing is streamed yet");
    }

    @Override
    public RepublishJobs republishJobs() {
        return Objects.requireNonNull(republishJobs, "Nothing is streamed yet");
    }

    @Override
    public CurrentRows currentRows() {
        return Objects.requireNonNull(currentRows, "Nothing is streamed yet");
    }

    @Override
    public Optional<Lsn> slotPosition() {
        return slot().map(Slot::confirmed);
    }

    private Lsn requireSlotPosition() {
        return slotPosition().orElseThrow(this::slotIsGone);
    }

    private Optional<Slot> slot() {
        Optional<Slot> slot = catalog.slot(settings.slotName());
        slot.ifPresent(this::requireOurs);
        return slot;
    }

    @Override
    public SlotStatus slotStatus() {
        SlotStatus status = catalog.slotStatus(settings.slotName())
                .filter(any -> slot().isPresent())
                .orElseThrow(this::slotIsGone);
        Integer expected = streamingPid;
        Integer actual = expected == null
                ? null
                : catalog.streamingPid(settings.slotName()).orElse(null);
        if (expected != null && !expected.equals(actual)) {
            throw new WalException(
                    FailureKind.RETRY,
                    "Replication slot '" + settings.slotName() + "' is streamed by process " + actual
                            + ", no longer by " + expected + ", from which this relay reads",
                    "None: the relay connects again",
                    null);
        }
        return status;
    }

    @Override
    public @Nullable String heldBack() {
        return standbys.heldBack();
    }

    @Override
    public boolean standbysHave(Lsn lsn) {
        return standbys.have(lsn);
    }

    @Override
    public Optional<SlotStatus> look() {
        return catalog.slotStatus(settings.slotName());
    }

    @Override
    public Termination terminate(Holder holder) {
        try {
            return catalog.terminate(settings.slotName(), holder).isPresent() ? Termination.DONE : Termination.NOT_DUE;
        } catch (WalException e) {
            if (e.getCause() instanceof SQLException cause && SqlFailure.isInsufficientPrivilege(cause)) {
                return Termination.NOT_ALLOWED;
            }
            throw e;
        }
    }

    private WalException slotIsGone() {
        return new WalException(
                FailureKind.RETRY,
                "Replication slot '" + settings.slotName() + "' does not exist",
                "None: the relay creates it, and publishes from the table what Kafka lacks",
                null);
    }

    @Override
    public String pipeline() {
        return catalog.systemIdentifier() + "-" + settings.slotName();
    }

    @Override
    public void dropSlot() {
        if (slot().isPresent()) {
            catalog.dropSlot(settings.slotName());
        }
    }

    @Override
    public NewSlot createSlot() {
        new HorizonTable(ordinary, settings, known()).announce();
        return take(connection -> {
            Connections.limit(connection, settings.slotCreationTimeout().plus(settings.queryTimeout()));
            return new SlotCreation(connection, catalog, settings).create();
        });
    }

    @Override
    public RetainedRows retainedRows() {
        Connections.limit(ordinary, SEARCH_TIMEOUT);
        return new PostgresRetainedRows(ordinary, known().names(), settings);
    }

    @Override
    public Losses losses() {
        return new PostgresLosses(ordinary, known().names(), settings);
    }

    @Override
    public WalStream stream() {
        // First, since a search of the table may have been given minutes. Who has not answered for so long has lost the
        // slot: there is nothing to wait for any more.
        Connections.limit(ordinary, min(settings.queryTimeout(), settings.walSenderTimeout()));
        requireSlotPosition();
        standbys.require();
        HorizonTable table = new HorizonTable(ordinary, settings, known());
        table.hurry();
        horizons = table;
        republishJobs = new RepublishTables(ordinary, settings, known());
        currentRows = new PostgresCurrentRows(ordinary, known().names(), settings.slotName());
        return take(connection -> {
            Connections.limit(connection, settings.walSenderTimeout());
            FailoverSlot.mark(connection, catalog, settings);
            streamingPid = walSenderPid(connection);
            PostgresStream stream = PostgresStream.start(connection, settings, this::requireSlotPosition);
            FailoverSlot.requireMark(catalog, settings);
            sayWhatAFailoverMeans();
            return stream;
        });
    }

    /** Opens the connection for replication, and says from then on that this relay lives; both only for as long as it has the slot. */
    private <T> T take(Function<Connection, T> slot) {
        Connection connection = replication;
        try {
            if (connection == null) {
                connection = connections.replication();
                replication = connection;
                signOfLife = SignOfLife.show(connections, walSenderPid(connection), settings.slotName());
            }
            return slot.apply(connection);
        } catch (SlotInUseException e) {
            letGo();
            throw e;
        }
    }

    private int walSenderPid(Connection connection) {
        return new Catalog(connection, settings.publication()).backendPid();
    }

    /**
     * @throws DatabaseSetupException if the role or the server does not allow replication; carries the statement
     */
    void requireReplication() {
        close(connections.replication());
    }

    private void letGo() {
        if (signOfLife != null) {
            signOfLife.close();
            signOfLife = null;
        }
        if (replication != null) {
            close(replication);
            replication = null;
        }
        streamingPid = null;
    }

    @Override
    public void close() {
        letGo();
        close(ordinary);
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    private void requireOurs(Slot slot) {
        String database = catalog.currentDatabase();
        if (!database.equals(slot.database()) || !slot.plugin().equals("pgoutput")) {
            throw new DatabaseSetupException(
                    "Replication slot '" + settings.slotName() + "' belongs to database '" + slot.database()
                            + "' and plugin '" + slot.plugin() + "'; the relay reads database '" + database
                            + "' with pgoutput",
                    "Set outbox.relay.slot-name to a name of its own: slots of all databases of a server share their names",
                    null);
        }
        if (slot.twoPhase()) {
            throw new DatabaseSetupException(
                    "Replication slot '" + settings.slotName()
                            + "' was made with two_phase: it streams prepared transactions before they are committed",
                    "select pg_drop_replication_slot('" + settings.slotName()
                            + "'); -- the relay then makes one of its own, and publishes what the table holds",
                    null);
        }
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            log.debug("A connection that is given up did not close cleanly", e);
        }
    }
}
