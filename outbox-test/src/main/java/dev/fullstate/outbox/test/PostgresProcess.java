package dev.fullstate.outbox.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The processes and files of one server: the cluster in a temporary folder, the postmaster, and the guard that removes both
 * when this JVM is gone. {@code pg_ctl} gives the postmaster a session of its own, away from the terminal's Ctrl-C.
 */
final class PostgresProcess implements AutoCloseable {

    static final String USERNAME = "postgres";
    static final String PASSWORD = "postgres";

    /** Older versions take the classes of letters beyond ASCII from the machine's C.UTF-8. */
    private static final int FIRST_WITH_LOCALE_OF_ITS_OWN = 17;

    /** More iterations make guessing a password slow, and each connection of a test with it. */
    private static final String FEWEST_SCRAM_ITERATIONS = "scram_iterations=1";

    private static final int FIRST_WITH_SCRAM_ITERATIONS = 16;

    private static final String START_SECONDS = "60";
    private static final String FAST_STOP_SECONDS = "2";

    private final PostgresBinaries binaries;
    private final Path folder;
    private final Path cluster;
    private final Process guard;
    /** 0 before the server listens. */
    private int port;

    private PostgresProcess(PostgresBinaries binaries, Path folder) throws IOException {
        this.binaries = binaries;
        this.folder = folder;
        this.cluster = folder.resolve("data");
        this.guard = guard(binaries, folder, cluster);
    }

    /**
     * Starts a server without data.
     *
     * @param port is asked for when its files are there, since somebody else may take a free port at any time
     */
    static PostgresProcess start(IntSupplier port, Map<String, String> settings) {
        return start(PostgresProcess::initialize, port, settings);
    }

    /** Starts a server with the data of another one. */
    static PostgresProcess startOn(ClusterFiles files, IntSupplier port, Map<String, String> settings) {
        return start(process -> process.copy(files), port, settings);
    }

    private static PostgresProcess start(Preparation preparation, IntSupplier port, Map<String, String> settings) {
        PostgresBinaries binaries = PostgresBinaries.unpacked();
        try {
            PostgresProcess process = new PostgresProcess(binaries, Files.createTempDirectory("outbox-postgres-"));
            try {
                binaries.user().own(process.folder);
                preparation.prepare(process);
                process.port = port.getAsInt();
                process.configure(process.port, settings);
                process.startPostmaster();
                return process;
            } catch (IOException | RuntimeException e) {
                process.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Could not prepare the files of PostgreSQL", e);
        }
    }

    /** Fills the folder of the cluster. */
    private interface Preparation {

        void prepare(PostgresProcess process) throws IOException;
    }

    int port() {
        return port;
    }

    int majorVersion() {
        try {
            return Integer.parseInt(
                    Files.readString(cluster.resolve("PG_VERSION")).strip());
        } catch (IOException e) {
            throw new UncheckedIOException("Could not read the version of " + cluster, e);
        }
    }

    private void initialize() throws IOException {
        Path password = Files.writeString(folder.resolve("password"), PASSWORD);
        binaries.user().own(password);
        List<String> command = binaries.command(
                "initdb",
                "--pgdata=" + cluster,
                "--username=" + USERNAME,
                "--pwfile=" + password,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync");
        command.addAll(
                binaries.majorVersion() < FIRST_WITH_LOCALE_OF_ITS_OWN
                        ? List.of("--lc-ctype=C.UTF-8")
                        : List.of("--locale-provider=builtin", "--builtin-locale=C.UTF-8"));
        if (binaries.majorVersion() >= FIRST_WITH_SCRAM_ITERATIONS) {
            command.add("--set=" + FEWEST_SCRAM_ITERATIONS);
        }
        FinishedProcess initdb = FinishedProcess.run(command);
        if (!initdb.succeeded()) {
            throw new IllegalStateException("PostgreSQL's initdb failed:\n" + initdb.output());
        }
    }

    private void copy(ClusterFiles files) throws IOException {
        // The server refuses a folder that others may read.
        Files.createDirectory(
                cluster, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        files.writeTo(cluster);
        try (Stream<Path> copied = Files.walk(cluster)) {
            for (Path file : (Iterable<Path>) copied::iterator) {
                binaries.user().own(file);
            }
        }
    }

    /** Appends entries, because the last one of a name counts. */
    private void configure(int port, Map<String, String> settings) throws IOException {
        Map<String, String> configuration = new LinkedHashMap<>(defaults(port));
        configuration.putAll(settings);
        Files.writeString(
                cluster.resolve("postgresql.conf"),
                configuration.entrySet().stream()
                        .map(setting -> "%s = '%s'\n"
                                .formatted(setting.getKey(), setting.getValue().replace("'", "''")))
                        .collect(Collectors.joining()),
                StandardOpenOption.APPEND);
    }

    private static Map<String, String> defaults(int port) {
        return Map.of(
                "listen_addresses", LoopbackPort.HOST,
                "port", Integer.toString(port),
                "unix_socket_directories", "",
                "wal_level", "logical",
                "max_wal_senders", "16",
                "max_replication_slots", "16",
                "fsync", "off",
                "full_page_writes", "off",
                "timezone", "UTC");
    }

    Path cluster() {
        return cluster;
    }

    private void startPostmaster() throws IOException {
        Path serverLog = folder.resolve("server.log");
        FinishedProcess start = FinishedProcess.run(binaries.command(
                "pg_ctl",
                "start",
                "--pgdata=" + cluster,
                "--log=" + serverLog,
                "--wait",
                "--timeout=" + START_SECONDS));
        if (!start.succeeded()) {
            String cause = Files.exists(serverLog) ? Files.readString(serverLog) : start.output();
            throw new IllegalStateException("PostgreSQL did not start:\n" + cause);
        }
    }

    /** {@return whether all processes have ended within that time} */
    boolean stop(String mode, Duration timeout) {
        return FinishedProcess.run(binaries.command(
                        "pg_ctl",
                        "stop",
                        "--pgdata=" + cluster,
                        "--mode=" + mode,
                        "--wait",
                        "--timeout=" + Math.max(1, timeout.toSeconds())))
                .succeeded();
    }

    /** Stops the postmaster first, because it would start others after those that are listed, and in place of those that die. */
    void kill() {
        Path pidFile = cluster.resolve("postmaster.pid");
        try {
            long pid = Long.parseLong(Files.readAllLines(pidFile).get(0).strip());
            ProcessHandle postmaster = ProcessHandle.of(pid)
                    .orElseThrow(() -> new IllegalStateException("PostgreSQL in " + folder + " does not run"));
            FinishedProcess.run(List.of("sh", "-c", "kill -STOP " + pid));
            List<ProcessHandle> children = postmaster.descendants().toList();
            postmaster.destroyForcibly();
            children.forEach(ProcessHandle::destroyForcibly);
            postmaster.onExit().join();
            children.forEach(child -> child.onExit().join());
        } catch (IOException e) {
            throw new UncheckedIOException("Could not read " + pidFile + "; does PostgreSQL run?", e);
        }
    }

    void restart() {
        try {
            startPostmaster();
        } catch (IOException e) {
            throw new UncheckedIOException("Could not start PostgreSQL in " + folder + " again", e);
        }
    }

    /**
     * Starts a shell that waits for the end of its input, which comes when {@link #close()} or the kernel closes this end of the pipe.
     * It then stops the processes that still run, without regard to clients, and removes the files.
     */
    private static Process guard(PostgresBinaries binaries, Path folder, Path cluster) throws IOException {
        String script = "trap '' HUP INT TERM; cat > /dev/null; folder=$1; shift; \"$@\"; rm -rf \"$folder\"";
        List<String> command = new ArrayList<>(List.of("sh", "-c", script, "outbox-postgres-guard"));
        command.add(folder.toString());
        command.addAll(binaries.command("pg_ctl", "stop", "--pgdata=" + cluster, "--mode=immediate", "--wait"));
        return new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** A fast shutdown waits for replication clients to confirm, without a limit; the guard ends the wait. */
    @Override
    public void close() {
        if (!guard.isAlive()) {
            return;
        }
        try {
            FinishedProcess.run(binaries.command(
                    "pg_ctl",
                    "stop",
                    "--pgdata=" + cluster,
                    "--mode=fast",
                    "--wait",
                    "--timeout=" + FAST_STOP_SECONDS));
        } finally {
            releaseGuard();
        }
    }

    private void releaseGuard() {
        try {
            guard.getOutputStream().close();
            guard.waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException("Could not reach the guard of PostgreSQL in " + folder, e);
        } catch (InterruptedException e) {
            // The guard finishes by itself.
            Thread.currentThread().interrupt();
        }
    }
}
