package dev.fullstate.outbox.relay.wal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.contract.OutboxNames;
import dev.fullstate.outbox.contract.OutboxTable;
import dev.fullstate.outbox.relay.position.Fill;
import dev.fullstate.outbox.relay.position.Lsn;

/** Reads through the connection that leads: once that is lost, another relay may lead, and this one reads nothing more. */
final class PostgresTableRows implements TableRows {

    private final Connection connection;
    private final PostgresSubscription subscription;
    private final int pid;
    private final Horizons horizons;
    private final OutboxNames names;
    private final PostgresRetainedRows rows;
    private final RepublishJobs republishJobs;
    private final Catalog catalog;
    private final Duration patience;
    private boolean hasLooked;
    /** Whether the last look found no more than a page of rows. */
    private boolean areFew;

    /**
     * @param pid the server's process behind the connection
     * @param patience for each answer, except where much may have to be read
     */
    PostgresTableRows(
            Connection connection, PostgresSubscription subscription, int pid, Horizons horizons, Duration patience) {
        this.patience = patience;
        this.connection = connection;
        this.subscription = subscription;
        this.pid = pid;
        this.horizons = horizons;
        this.names = subscription.names();
        this.rows = new PostgresRetainedRows(connection, names, subscription.settings(), null);
        this.republishJobs = subscription.republishJobs();
        this.catalog = new Catalog(connection, subscription.settings().publication());
    }

    @Override
    public Fresh since(String published) {
        // There may be hours of rows at first.
        Connections.limit(connection, hasLooked ? patience : PostgresSubscription.SEARCH_TIMEOUT);
        Fresh fresh = look(published);
        hasLooked = true;
        return fresh;
    }

    private Fresh look(String published) {
        // The statement's snapshot is taken before any of its functions is called, and shows the same rows as the text
        // of it.
        try (PreparedStatement query = connection.prepareStatement(names.sql(
                """
                select pg_current_snapshot()::text, wal.ends::text, %s, pg_backend_pid(), rows.count, rows.first, rows.written_at
                  from (select pg_current_wal_insert_lsn() as ends) as wal,
                       (select count(*) as count, coalesce(min(seq), 0) as first, max(%s) as written_at
                          from {outbox} as r
                         where %s and pg_visible_in_snapshot(r.xid, (select pg_current_snapshot()))) as rows
                """.formatted(Catalog.onDisk("wal.ends"), OutboxTable.writtenAt("r"), PostgresRetainedRows.NOT_IN)))) {
            query.setString(1, published);
            query.setString(2, published);
            try (ResultSet row = query.executeQuery()) {
                row.next();
                requireOwn(row.getInt(4));
                Timestamp writtenAt = row.getTimestamp(7);
                areFew = row.getLong(5) <= PostgresRetainedRows.PAGE_ROWS;
                return new Fresh(
                        new Horizon(row.getString(1), Lsn.parse(row.getString(2))),
                        row.getBoolean(3),
                        row.getLong(5),
                        row.getLong(6),
                        writtenAt == null ? null : writtenAt.toInstant());
            }
        } catch (SQLException e) {
            throw SqlFailure.of(names.text("New rows of {outbox} could not be read"), e);
        }
    }

    /** The lock by which this relay leads is that of a process of the server. */
    private void requireOwn(int actual) {
        if (actual != pid) {
            throw new DatabaseSetupException(
                    "A pooler shares the relay's connection with others: the server's process " + pid + " has become "
                            + actual + ", and two relays could publish at once",
                    "Set outbox.relay.url to the server itself, or to a port of the pooler with session pooling",
                    null);
        }
    }

    @Override
    public boolean isDurable(Fresh fresh) {
        Lsn lsn = fresh.now().lsn();
        return (fresh.isOnDisk() || catalog.isOnDisk(lsn)) && subscription.standbysHave(lsn);
    }

    @Override
    public List<byte[] @Nullable []> page(Fill fill) {
        Connections.limit(connection, areFew ? patience : PostgresSubscription.SEARCH_TIMEOUT);
        return areFew ? rows.few(fill) : rows.page(fill);
    }

    @Override
    public void requireLead() {
        requireOwn(catalog.backendPid());
    }

    @Override
    public @Nullable String heldBack() {
        return subscription.settings().sendAfter() == SendAfter.LOCAL_FLUSH
                ? null
                : subscription.standbys().heldBack();
    }

    @Override
    public String table() {
        return rows.table();
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
}
