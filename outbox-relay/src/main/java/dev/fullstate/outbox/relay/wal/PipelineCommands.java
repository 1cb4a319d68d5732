package dev.fullstate.outbox.relay.wal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.contract.OutboxNames;

/**
 * The commands of operators for the whole pipeline. The last one to pause or to resume tells whether it is paused; one to accept a position
 * is open until a relay has looked at it. They survive every relay.
 */
final class PipelineCommands {

    private final Connection connection;
    private final Catalog catalog;
    private final WalSettings settings;
    /** The names of an outbox whose commands this role may read; null until that was seen. */
    private @Nullable OutboxNames readable;

    /** True if the last look has found a command that is not marked as done. */
    private boolean open;

    PipelineCommands(Connection connection, Catalog catalog, WalSettings settings) {
        this.connection = connection;
        this.catalog = catalog;
        this.settings = settings;
    }

    boolean isPaused() {
        try {
            OutboxNames names = readable();
            return names != null && isPaused(names);
        } catch (SQLException e) {
            throw SqlFailure.of("The commands of operators could not be read", e);
        }
    }

    /** Returns whether a relay that takes the slot would find a command to accept its position. A role that may not mark it follows none. */
    boolean isAnythingAccepted() {
        try {
            OutboxNames names = readable();
            if (names == null) {
                return false;
            }
            ParkingTables tables = new PostgresParkingTables(connection, names, settings);
            return !tables.acceptances().isEmpty() && tables.obstacle() == null;
        } catch (SQLException e) {
            throw SqlFailure.of("The commands of operators could not be read", e);
        }
    }

    /** An outbox of an earlier version has no such table, and a role of that time no right to it. */
    private @Nullable OutboxNames readable() throws SQLException {
        OutboxNames names = readable;
        if (names == null) {
            names = catalog.publication().names();
            try (PreparedStatement query = connection.prepareStatement("""
                    select coalesce(bool_or(has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select')), false)
                      from pg_class c join pg_namespace n on n.oid = c.relnamespace
                     where n.nspname = ? and c.relname = ?
                    """)) {
                query.setString(1, names.schema());
                query.setString(2, names.table() + "_command");
                try (ResultSet row = query.executeQuery()) {
                    row.next();
                    readable = row.getBoolean(1) ? names : null;
                }
            }
        }
        return readable;
    }

    private boolean isPaused(OutboxNames names) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(names.sql("""
                select command = 'pause',
                       exists (select from {outbox_command} where pipeline = ?::text and command in ('pause', 'resume') and done_at is null)
                  from {outbox_command}
                 where pipeline = ?::text and command in ('pause', 'resume') order by number desc limit 1
                """))) {
            query.setString(1, settings.slotName());
            query.setString(2, settings.slotName());
            try (ResultSet row = query.executeQuery()) {
                boolean any = row.next();
                open = any && row.getBoolean(2);
                return any && row.getBoolean(1);
            }
        }
    }

    /** Marks the open ones as done. A role that may not do so leaves them open: they count all the same. */
    void noteFollowed() {
        if (!open) {
            return;
        }
        OutboxNames names = catalog.publication().names();
        try (PreparedStatement update = connection.prepareStatement(names.sql("""
                update {outbox_command} as c
                   set outcome = case when number < (select max(number) from {outbox_command}
                                                      where pipeline = c.pipeline and command in ('pause', 'resume'))
                                      then 'overtaken by a later command'
                                      when command = 'pause' then 'paused' else 'resumed' end,
                       done_at = clock_timestamp()
                 where pipeline = ?::text and command in ('pause', 'resume') and done_at is null
                """))) {
            update.setString(1, settings.slotName());
            update.executeUpdate();
        } catch (SQLException e) {
            if (!SqlFailure.isInsufficientPrivilege(e)) {
                throw SqlFailure.of(names.text("The outcome of a command could not be noted in {outbox_command}"), e);
            }
        }
    }
}
