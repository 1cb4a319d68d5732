package dev.fullstate.outbox.faults.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import dev.fullstate.outbox.test.PostgresServer;

/**
 * A physical standby with a slot on its primary. Its name is that of the slot, and its {@code application_name}, by which
 * {@code synchronous_standby_names} finds it.
 */
public final class Standby implements AutoCloseable {

    private static final Duration STOP = Duration.ofMinutes(2);

    private final String name;
    private final PostgresServer primary;
    private final PostgresServer server;

    private Standby(String name, PostgresServer primary, PostgresServer server) {
        this.name = name;
        this.primary = primary;
        this.server = server;
    }

    /** Makes a standby of a running server; returns when it receives WAL. */
    public static Standby of(PostgresServer primary, String name) {
        return of(primary, name, Map.of());
    }

    /**
     * Makes a standby of a running server; returns when it receives WAL.
     *
     * @param settings of the standby, {@code recovery_min_apply_delay} for instance
     */
    public static Standby of(PostgresServer primary, String name, Map<String, String> settings) {
        new Administrator(primary).query("select pg_create_physical_replication_slot('" + name + "', true)");
        Map<String, String> all = new LinkedHashMap<>();
        // Only the synchronization of slots needs the name of a database.
        all.put(
                "primary_conninfo",
                "host=127.0.0.1 port=%d user=%s password=%s dbname=postgres application_name=%s"
                        .formatted(primary.port(), primary.username(), primary.password(), name));
        all.put("primary_slot_name", name);
        all.put("hot_standby_feedback", "on");
        all.put("wal_receiver_status_interval", "1s");
        all.put("wal_retrieve_retry_interval", "100ms");
        all.putAll(settings);
        try (Backup backup = Backup.of(primary)) {
            Standby standby = new Standby(name, primary, backup.startStandby(all));
            standby.awaitReceiving();
            return standby;
        }
    }

    public PostgresServer server() {
        return server;
    }

    public String name() {
        return name;
    }

    private void awaitReceiving() {
        new Administrator(primary)
                .await("exists (select from pg_stat_replication where state = 'streaming' and application_name = '"
                        + name + "')");
    }

    /** Waits until the standby shows what the primary has committed by now. */
    public void awaitCaughtUp() {
        // Commits are on the primary's disk; WAL after them may take seconds to get there.
        String end = new Administrator(primary).query("select pg_current_wal_flush_lsn()");
        new Administrator(server).await("pg_last_wal_replay_lsn() >= '" + end + "'");
    }

    /** Lets the standby receive nothing more; it keeps what it has. */
    public void holdBack() {
        new Administrator(server).execute("alter system set primary_conninfo = ''", "select pg_reload_conf()");
        new Administrator(server).await("not exists (select from pg_stat_wal_receiver)");
        new Administrator(primary)
                .await("not exists (select from pg_stat_replication where application_name = '" + name + "')");
    }

    /** Lets the standby receive again; returns when it does. */
    public void release() {
        new Administrator(server).execute("alter system reset primary_conninfo", "select pg_reload_conf()");
        awaitReceiving();
    }

    /**
     * Brings the primary's failover slots to the standby, as its slot sync worker does in its own time; from PostgreSQL 17 on. The
     * slots have to be streamed, since one that stands still may be behind what the standby has kept.
     */
    public void syncSlots() {
        new Administrator(primary).await("exists (select from pg_replication_slots where failover)");
        new Administrator(primary).await("not exists (select from pg_replication_slots where failover and not active)");
        String count = new Administrator(primary).query("select count(*) from pg_replication_slots where failover");
        new Administrator(server)
                .await(
                        "(select count(*) from pg_replication_slots where synced and not temporary and invalidation_reason is null) = "
                                + count,
                        () -> {
                            // The standby keeps the WAL that transactions from now on may need, so the primary's slot
                            // has to reach this point, by a record of the running transactions and a confirmation after
                            // it. A new transaction would only move the goal.
                            new Administrator(primary).query("select pg_log_standby_snapshot()");
                            awaitCaughtUp();
                            new Administrator(server).query("select pg_sync_replication_slots()");
                        });
    }

    /** Copies a slot's files from the primary, which may have ended, while the standby is stopped. */
    public void copySlot(String slot) {
        Path files = Path.of("pg_replslot", slot);
        if (!server.stop(STOP)) {
            throw new IllegalStateException("The standby on port " + server.port() + " did not stop");
        }
        try {
            CopiedFolder.copy(
                    primary.dataFolder().resolve(files), server.dataFolder().resolve(files), file -> false);
        } catch (IOException e) {
            throw new UncheckedIOException("Slot " + slot + " could not be copied to the standby", e);
        }
        server.restart();
    }

    /** Makes the standby a primary, with all that it has received; returns when it can be written to. */
    public PostgresServer promote() {
        new Administrator(server).query("select pg_promote(true, 60)");
        new Administrator(server).await("not pg_is_in_recovery()");
        return server;
    }

    @Override
    public void close() {
        server.close();
    }
}
