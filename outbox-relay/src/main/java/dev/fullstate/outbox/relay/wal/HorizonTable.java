package dev.fullstate.outbox.relay.wal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

import dev.fullstate.outbox.contract.OutboxNames;
import dev.fullstate.outbox.relay.position.Lsn;

/**
 * The relay's row in the table from which the writing side knows what is published (ADR 11). It never goes back, except where it was
 * written on another server, whose transaction ids mean nothing here: a row that came with a dump is replaced.
 */
final class HorizonTable implements Horizons {

    /** The first snapshot, before anything is published: no transaction has an id below 3. */
    private static final Horizon NOTHING = new Horizon("1:1:", Lsn.ZERO);

    /** The loop waits for this time. Only another relay on its way out has a reason to hold the row. */
    private static final String LOCK_TIMEOUT = "500ms";

    private final Connection connection;
    private final WalSettings settings;
    private final OutboxNames names;

    HorizonTable(Connection connection, WalSettings settings, Publication publication) {
        this.connection = connection;
        this.settings = settings;
        this.names = publication.names();
    }

    /**
     * Lets the connection wait neither for locks nor for disks. A note that is lost in a crash is written again. For standbys it
     * does not wait in any case: with {@code synchronous_standby_names = '*'} the relay may be the only one, and would wait for
     * itself.
     */
    void neverWait() {
        try (Statement statement = connection.createStatement()) {
            statement.execute("set lock_timeout = '" + LOCK_TIMEOUT + "'");
            statement.execute("set synchronous_commit = off");
        } catch (SQLException e) {
            throw SqlFailure.of("The connection for the relay's notes could not be set up", e);
        }
    }

    /**
     * Makes the pipeline known to the writing side, so that no row is retired that it has not published. An existing row does the same, and
     * also says what is published.
     */
    void announce() {
        write("on conflict (pipeline) do nothing", NOTHING, Lsn.ZERO);
    }

    /** Takes the note back: until the next one, nothing counts as published, and no row is retired. */
    void withdraw() {
        withdraw("snapshot = ?::pg_snapshot");
    }

    void withdrawEmpty() {
        withdraw("snapshot = ?::pg_snapshot, published_lsn = '0/0'");
    }

    private void withdraw(String changes) {
        try (PreparedStatement statement = connection.prepareStatement(
                names.sql("update {outbox_relay} set " + changes + " where pipeline = ?"))) {
            statement.setString(1, NOTHING.snapshot());
            statement.setString(2, settings.slotName());
            statement.executeUpdate();
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    @Override
    public Horizon now() {
        try (Statement statement = connection.createStatement();
                // The statement's snapshot is taken before any of its functions is called.
                ResultSet row = statement.executeQuery(
                        "select pg_current_snapshot()::text, pg_current_wal_insert_lsn()::text")) {
            row.next();
            return new Horizon(row.getString(1), Lsn.parse(row.getString(2)));
        } catch (SQLException e) {
            throw SqlFailure.of("The database's snapshot could not be read", e);
        }
    }

    @Override
    public void note(Horizon horizon, Lsn recorded) {
        write("""
                on conflict (pipeline) do update
                   set slot_name = excluded.slot_name, snapshot = excluded.snapshot,
                       published_lsn = excluded.published_lsn, system_identifier = excluded.system_identifier,
                       updated_at = clock_timestamp()
                 where noted.system_identifier <> excluded.system_identifier
                    or (pg_snapshot_xmin(noted.snapshot) <= pg_snapshot_xmin(excluded.snapshot)
                        and pg_snapshot_xmax(noted.snapshot) <= pg_snapshot_xmax(excluded.snapshot))
                """, horizon, recorded);
    }

    private void write(String onConflict, Horizon horizon, Lsn recorded) {
        try (PreparedStatement statement = connection.prepareStatement(names.sql("""
                insert into {outbox_relay} as noted (pipeline, slot_name, snapshot, published_lsn, system_identifier)
                select ?, ?, ?::pg_snapshot, ?::pg_lsn, system_identifier from pg_control_system()
                """ + onConflict))) {
            statement.setString(1, settings.slotName());
            statement.setString(2, settings.slotName());
            statement.setString(3, horizon.snapshot());
            statement.setString(4, recorded.toString());
            statement.executeUpdate();
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    private WalException failure(SQLException e) {
        String failedTo = names.text("The published position could not be noted in {outbox_relay}");
        return SqlFailure.isInsufficientPrivilege(e)
                ? new WalException(
                        failedTo + ": " + e.getMessage(),
                        names.text("GRANT SELECT, INSERT, UPDATE ON {outbox_relay} TO ") + settings.role() + ";",
                        e)
                : SqlFailure.of(failedTo, e);
    }
}
