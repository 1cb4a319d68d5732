package dev.fullstate.outbox.benchmarks.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A JVM of its own for one contender, so that its processor time, memory and heap are its own. Its output goes to a file, from
 * which a failure quotes; its standard input stays open until it is closed, for programs that take commands.
 */
public final class ChildJvm implements AutoCloseable {

    private static final long STOP_SECONDS = 20;
    private static final int QUOTED_LINES = 40;

    private final String name;
    private final Process process;
    private final Path log;

    private ChildJvm(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /**
     * Starts a JVM of the version that runs the benchmark.
     *
     * @param name      for messages
     * @param folder    where the JVM works and where its log is written; created if need be
     * @param arguments the JVM's options, heap included, the main class or jar, and the program's arguments
     */
    public static ChildJvm start(String name, Path folder, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // Without memory a contender does not do its job: better it ends than that everybody waits for it.
        command.add("-XX:+ExitOnOutOfMemoryError");
        command.addAll(arguments);
        try {
            Files.createDirectories(folder);
            Path log = folder.resolve(name + ".log");
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            return new ChildJvm(name, process, log);
        } catch (IOException e) {
            throw new UncheckedIOException("Could not start " + name + ": " + String.join(" ", command), e);
        }
    }

    public ProcessUsage usage() {
        return new ProcessUsage(process.pid());
    }

    public Process process() {
        return process;
    }

    public Path log() {
        return log;
    }

    /**
     * Makes sure that the process still runs.
     *
     * @throws IllegalStateException if it has ended; the message quotes the end of its log
     */
    public void requireAlive() {
        if (!process.isAlive()) {
            throw new IllegalStateException(
                    "%s ended with exit code %d:%n%s".formatted(name, process.exitValue(), endOfLog()));
        }
    }

    /** {@return the last lines of what the process wrote} */
    public String endOfLog() {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - QUOTED_LINES), lines.size()));
        } catch (IOException e) {
            return "(" + log + " could not be read: " + e.getMessage() + ")";
        }
    }

    /** Asks the process to end, and ends it if it has not after twenty seconds. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
