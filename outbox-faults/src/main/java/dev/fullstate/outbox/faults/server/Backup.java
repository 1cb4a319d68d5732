package dev.fullstate.outbox.faults.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import org.apache.kafka.common.utils.Utils;

import dev.fullstate.outbox.faults.server.Administrator.BackupFunctions;
import dev.fullstate.outbox.harness.server.Ports;
import dev.fullstate.outbox.test.PostgresServer;

/** The files of a server at one moment. Any number of servers can be started from them, at any time. */
public final class Backup implements AutoCloseable {

    private static final Path WAL = Path.of("pg_wal");

    /** Settings of ALTER SYSTEM would override those with which a server is started. */
    private static final Set<Path> NEVER_COPIED =
            Set.of(Path.of("postmaster.pid"), Path.of("postmaster.opts"), Path.of("postgresql.auto.conf"));

    /** A base backup has these folders without their files. */
    private static final Set<Path> EMPTY_IN_BASE_BACKUP = Set.of(
            Path.of("pg_replslot"),
            Path.of("pg_dynshmem"),
            Path.of("pg_notify"),
            Path.of("pg_serial"),
            Path.of("pg_snapshots"),
            Path.of("pg_stat_tmp"),
            Path.of("pg_subtrans"),
            WAL.resolve("archive_status"));

    private final Path folder;

    private Backup() {
        try {
            folder = Files.createTempDirectory("outbox-faults-backup-");
        } catch (IOException e) {
            throw new UncheckedIOException("Could not create a folder for a backup", e);
        }
    }

    /** Makes a base backup of a running server, as pg_basebackup does: with the WAL that it needs, without the slots. */
    public static Backup of(PostgresServer server) {
        Backup backup = new Backup();
        Path data = server.dataFolder();
        try (Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement()) {
            BackupFunctions functions = new Administrator(server).backup();
            Administrator.first(statement, functions.start());
            CopiedFolder.copy(data, backup.folder, file -> isLeftOutOfBaseBackup(file) || file.startsWith(WAL));
            // Until here the server was in the state of a backup, in which the WAL has every page whole that the copy
            // may have torn.
            String label = Objects.requireNonNull(Administrator.first(statement, functions.stop()));
            CopiedFolder.copy(
                    data.resolve(WAL), backup.folder.resolve(WAL), file -> isLeftOutOfBaseBackup(WAL.resolve(file)));
            Files.writeString(backup.folder.resolve("backup_label"), label);
            return backup;
        } catch (SQLException e) {
            backup.close();
            throw new IllegalStateException("The server at port " + server.port() + " could not be backed up", e);
        } catch (IOException e) {
            backup.close();
            throw new UncheckedIOException("The files in " + data + " could not be copied", e);
        }
    }

    private static boolean isLeftOutOfBaseBackup(Path file) {
        return NEVER_COPIED.contains(file)
                || (file.getParent() != null && EMPTY_IN_BASE_BACKUP.contains(file.getParent()));
    }

    /** Copies all files of a server that has ended in any way: with the slots. */
    public static Backup ofStorage(PostgresServer ended) {
        Backup backup = new Backup();
        try {
            CopiedFolder.copy(ended.dataFolder(), backup.folder, NEVER_COPIED::contains);
            return backup;
        } catch (IOException e) {
            backup.close();
            throw new UncheckedIOException("The files in " + ended.dataFolder() + " could not be copied", e);
        }
    }

    /** Starts a server that recovers from the WAL in the files, as after a crash. Its timeline is that of the files. */
    public PostgresServer start() {
        return start(Map.of(), Map.of());
    }

    /**
     * Starts a server that recovers, from the archive, up to a restore point, and begins a new timeline there.
     *
     * @param archive of the server that the files are from
     */
    public PostgresServer recover(Path archive, String restorePoint) {
        PostgresServer server = start(
                Map.of("recovery.signal", ""),
                Map.of(
                        "restore_command",
                        "cp '" + archive + "/%f' %p",
                        "recovery_target_name",
                        restorePoint,
                        "recovery_target_action",
                        "promote"));
        // The server is read-only until the end of the recovery.
        new Administrator(server).await("not pg_is_in_recovery()");
        return server;
    }

    PostgresServer startStandby(Map<String, String> settings) {
        return start(Map.of("standby.signal", ""), settings);
    }

    private PostgresServer start(Map<String, String> files, Map<String, String> settings) {
        Map<String, String> all = new LinkedHashMap<>(Database.SETTINGS);
        // The files may be those of a server that was restored itself.
        all.put("restore_command", "");
        all.put("recovery_target_name", "");
        all.putAll(settings);
        return PostgresServer.startOn(
                target -> {
                    CopiedFolder.copy(folder, target, file -> false);
                    for (Map.Entry<String, String> file : files.entrySet()) {
                        Files.writeString(target.resolve(file.getKey()), file.getValue());
                    }
                },
                Ports.free(),
                all);
    }

    @Override
    public void close() {
        try {
            Utils.delete(folder.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException("Could not remove the backup in " + folder, e);
        }
    }
}
