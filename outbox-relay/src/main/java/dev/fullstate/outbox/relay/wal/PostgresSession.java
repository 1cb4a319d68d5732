package dev.fullstate.outbox.relay.wal;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.position.Lsn;

/**
 * The connections of one attempt to read: one for queries, and, once it is about to take the slot, one for replication. Where the table is
 * read, that one is another for queries, and there is no slot.
 */
final class PostgresSession implements WalSession {

    private final WalSettings settings;
    private final Connections connections;
    private final Connection ordinary;
    private final Catalog catalog;
    private final PipelineCommands commands;
    private final OwnSlot slot;
    /** Null unless this relay leads or is about to. Nothing but this reference keeps the stream's socket from the garbage collector. */
    private @Nullable Connection leading;
    /** Not null exactly while there is a connection that leads (ADR 26). */
    private @Nullable SignOfLife signOfLife;

    PostgresSession(WalSettings settings, Connections connections, Connection ordinary) {
        this.settings = settings;
        this.connections = connections;
        this.ordinary = ordinary;
        this.catalog = new Catalog(ordinary, settings.publication());
        this.commands = new PipelineCommands(ordinary, catalog, settings);
        this.slot = new OwnSlot(catalog, settings);
    }

    @Override
    public String pipeline() {
        return catalog.systemIdentifier() + "-" + settings.slotName();
    }

    @Override
    public Optional<Lsn> slotPosition() {
        return slot.position();
    }

    @Override
    public Optional<SlotStatus> slotStatus() {
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

    @Override
    public void lead() {
        take(connection -> {
            Connections.limit(connection, settings.queryTimeout());
            Catalog own = new Catalog(connection, settings.publication());
            if (!own.tryLock(settings.slotName())
                    || own.slot(settings.slotName()).map(Slot::streamingPid).isPresent()) {
                throw new SlotInUseException("Another relay publishes pipeline '" + settings.slotName() + "'", null);
            }
            return true;
        });
    }

    @Override
    public boolean isPaused() {
        return commands.isPaused();
    }

    @Override
    public boolean isAnythingAccepted() {
        return commands.isAnythingAccepted();
    }

    @Override
    public void notePauseFollowed() {
        commands.noteFollowed();
    }

    @Override
    public Subscription subscribe() {
        return new PostgresSubscription(
                this, settings, ordinary, catalog, new OutboxPublication(catalog, settings).require());
    }

    /**
     * Opens the connection that leads, and says from then on that this relay lives; both only for as long as it has the slot.
     *
     * @param use does something with the connection
     */
    <T> T take(Function<Connection, T> use) {
        Connection connection = leading;
        try {
            if (connection == null) {
                connection = settings.readsTable() ? connections.reading() : connections.replication();
                leading = connection;
                signOfLife = SignOfLife.show(connections, walSenderPid(connection), settings.slotName());
            }
            return use.apply(connection);
        } catch (SlotInUseException e) {
            letGo();
            throw e;
        }
    }

    /** Returns the server's process behind the connection that leads. */
    int walSenderPid(Connection connection) {
        return new Catalog(connection, settings.publication()).backendPid();
    }

    private void letGo() {
        if (signOfLife != null) {
            signOfLife.close();
            signOfLife = null;
        }
        if (leading != null) {
            Connections.close(leading);
            leading = null;
        }
    }

    @Override
    public void close() {
        letGo();
        Connections.close(ordinary);
    }
}
