package dev.fullstate.outbox.harness.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A JVM that can be killed, paused and asked to end. The JVM's output is added to a file; its standard input stays open as long as this JVM
 * lives, so that the two can end together.
 */
public final class ChildJvm implements AutoCloseable {

    private static final Path LOGS = Path.of("target");
    private static final int QUOTED_BYTES = 8 * 1024;
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Pattern TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");

    private final String name;
    private final Process process;
    private final Path log;
    private final long begin;
    private final Duration grace;

    /**
     * @param begin where the lines of this JVM begin in the log
     * @param grace how long {@link #close()} waits for the JVM to end in its own way
     */
    private ChildJvm(String name, Process process, Path log, long begin, Duration grace) {
        this.name = name;
        this.process = process;
        this.log = log;
        this.begin = begin;
        this.grace = grace;
    }

    /**
     * Starts a JVM that lives for some seconds: it has the class path of this one, and {@link #close()} kills it.
     *
     * @param name      for messages, and of the log's file in {@code target}, together with this JVM's process id: children of one name add
     *     to it in turn, those of another test JVM have a file of their own
     * @param options   of the JVM
     * @param arguments of the program
     */
    public static ChildJvm start(String name, List<String> options, Class<?> main, List<String> arguments) {
        // The second compiler's work does not pay within half a minute.
        List<String> all = new ArrayList<>(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        all.addAll(options);
        all.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        all.addAll(arguments);
        Path log = LOGS.resolve(name + "-" + ProcessHandle.current().pid() + ".log");
        return startLogging(name, log, Path.of(""), all, Duration.ZERO);
    }

    /**
     * Starts a JVM that is measured: nothing is added to its options, and {@link #close()} lets it end in its own way.
     *
     * @param name      for messages, and of the log's file in the folder
     * @param folder    the JVM's working directory, which is created if need be
     * @param arguments the JVM's options, the main class or jar, and the program's arguments
     * @param grace     how long {@link #close()} waits before it kills the JVM
     */
    public static ChildJvm start(String name, Path folder, List<String> arguments, Duration grace) {
        return start(name, folder, folder, arguments, grace);
    }

    /**
     * The same with a working directory of its own.
     *
     * @param folder of the log
     */
    public static ChildJvm start(
            String name, Path folder, Path workingDirectory, List<String> arguments, Duration grace) {
        return startLogging(name, folder.resolve(name + ".log"), workingDirectory, arguments, grace);
    }

    private static ChildJvm startLogging(
            String name, Path log, Path workingDirectory, List<String> arguments, Duration grace) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // A program without memory does not do its job, and the benchmark would wait for it.
        command.add("-XX:+ExitOnOutOfMemoryError");
        command.addAll(arguments);
        try {
            Files.createDirectories(Objects.requireNonNull(log.getParent()));
            long begin = Files.exists(log) ? Files.size(log) : 0;
            Process process = new ProcessBuilder(command)
                    .directory(workingDirectory.toAbsolutePath().toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            return new ChildJvm(name, process, log, begin, grace);
        } catch (IOException e) {
            throw new UncheckedIOException("Could not start " + name + ": " + String.join(" ", command), e);
        }
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /**
     * Makes sure that the process still runs.
     *
     * @throws IllegalStateException if it has ended; the message quotes the end of its log
     */
    public void requireAlive() {
        if (!process.isAlive()) {
            throw new IllegalStateException(
                    "%s ended with exit code %d:%n%s".formatted(name, process.exitValue(), endOfOwnLog()));
        }
    }

    public long pid() {
        return process.pid();
    }

    /** {@return the processor time and the memory that the process has used so far} */
    public ProcessUsage usage() {
        return new ProcessUsage(process.pid());
    }

    /** {@return the bytes of all objects on the heap that are still referred to: collects garbage first} */
    public long liveHeapBytes() {
        Path histogram = log.resolveSibling(name + "-" + pid() + "-heap.txt");
        try {
            Process jcmd = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "jcmd")
                                    .toString(),
                            Long.toString(pid()),
                            "GC.class_histogram")
                    .redirectErrorStream(true)
                    .redirectOutput(histogram.toFile())
                    .start();
            int exit = jcmd.waitFor();
            // The last line: Total, the number of objects, their bytes.
            Matcher total = TOTAL.matcher(Files.readString(histogram));
            if (exit != 0 || !total.find()) {
                throw new IllegalStateException("The heap of " + name + " could not be measured; see " + histogram);
            }
            return Long.parseLong(total.group(1));
        } catch (IOException e) {
            throw new UncheckedIOException("The heap of " + name + " could not be measured", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while measuring the heap of " + name, e);
        }
    }

    /** {@return the stream that the program reads as its standard input} */
    public OutputStream input() {
        return process.getOutputStream();
    }

    /** Opens the program's output where it begins in its file, which may have that of an earlier run before it. */
    public InputStream output() throws IOException {
        InputStream output = Files.newInputStream(log);
        output.skipNBytes(begin);
        return output;
    }

    /** {@return the file with the program's output} */
    public Path log() {
        return log;
    }

    /** Sends SIGKILL: the process is gone when this returns. */
    public void kill() {
        process.destroyForcibly();
        if (!awaitEnd(PATIENCE)) {
            throw new IllegalStateException(name + " survived SIGKILL");
        }
    }

    /** Sends SIGTERM, which asks the process to end in its own way. */
    public void terminate() {
        process.destroy();
    }

    /** {@return whether the process has ended in that time} */
    public boolean awaitEnd(Duration timeout) {
        try {
            return process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for the end of " + name, e);
        }
    }

    /** Sends SIGSTOP: the process stands still with all its connections, as a host that has lost its network, until {@link #resume()}. */
    public void pause() {
        signal("STOP");
    }

    /** Sends SIGCONT. */
    public void resume() {
        signal("CONT");
    }

    private void signal(String signal) {
        try {
            int exit = new ProcessBuilder("kill", "-" + signal, Long.toString(pid()))
                    .start()
                    .waitFor();
            if (exit != 0) {
                throw new IllegalStateException("SIG" + signal + " did not reach " + name + ", pid " + pid());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Could not send SIG" + signal + " to " + name, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while sending SIG" + signal + " to " + name, e);
        }
    }

    /** {@return how much this process has written so far, without earlier ones with its name} */
    public long ownLogBytes() {
        try {
            return Files.size(log) - begin;
        } catch (IOException e) {
            throw new UncheckedIOException("Could not read " + log, e);
        }
    }

    /** {@return the last lines that this process wrote, without those of earlier ones with its name} */
    public String endOfOwnLog() {
        return endOfLog(begin);
    }

    /** {@return the last lines that processes of this name wrote} */
    public String endOfLog() {
        return "End of " + log + ":\n" + endOfLog(0);
    }

    private String endOfLog(long from) {
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            byte[] end = new byte[(int) Math.min(file.length() - from, QUOTED_BYTES)];
            file.seek(file.length() - end.length);
            file.readFully(end);
            return new String(end, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "(" + log + " could not be read: " + e.getMessage() + ")";
        }
    }

    /** Ends the process, if it still runs: after the grace that it was started with, by SIGKILL. */
    @Override
    public void close() {
        if (!grace.isZero()) {
            terminate();
            if (awaitEnd(grace)) {
                return;
            }
        }
        kill();
    }
}
