package dev.fullstate.outbox.faults.process;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A JVM that can be killed, paused and asked to end. Its output is added to a file; its standard input stays open as long as this
 * JVM lives, so that it can end with it.
 */
public final class ChildJvm implements AutoCloseable {

    private static final Path LOGS = Path.of("target");
    private static final int QUOTED_BYTES = 8 * 1024;

    private final String name;
    private final Process process;
    private final Path log;
    private final long begin;

    /** @param begin of what this one adds to the log */
    private ChildJvm(String name, Process process, Path log, long begin) {
        this.name = name;
        this.process = process;
        this.log = log;
        this.begin = begin;
    }

    /**
     * Starts a JVM of this one's version.
     *
     * @param name      for messages, and of the log's file, to which JVMs of one name add in turn
     * @param options   of the JVM; the class path is ours
     * @param arguments of the program
     */
    public static ChildJvm start(String name, List<String> options, Class<?> main, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // Half a minute of life is not worth a second compiler's work, nor is memory that is short worth going on.
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        try {
            Files.createDirectories(LOGS);
            Path log = LOGS.resolve(name + ".log");
            long begin = Files.exists(log) ? Files.size(log) : 0;
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            return new ChildJvm(name, process, log, begin);
        } catch (IOException e) {
            throw new UncheckedIOException("Could not start " + name + ": " + String.join(" ", command), e);
        }
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public long pid() {
        return process.pid();
    }

    /** SIGKILL: the process gets no say. */
    public void kill() {
        process.destroyForcibly();
        if (!awaitEnd(Duration.ofSeconds(10))) {
            throw new IllegalStateException(name + " survived SIGKILL");
        }
    }

    /** SIGTERM: the process is asked to end, and ends in its own way. */
    public void terminate() {
        process.destroy();
    }

    /** {@return whether it has ended in that time} */
    public boolean awaitEnd(Duration timeout) {
        try {
            return process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for the end of " + name, e);
        }
    }

    /** SIGSTOP: the process stands still with all its connections, until it is to {@link #resume()}. */
    public void pause() {
        signal("STOP");
    }

    /** SIGCONT. */
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

    /** {@return the last lines of what this process wrote, and not one of its name before it} */
    public String endOfOwnLog() {
        return endOfLog(begin);
    }

    /** {@return the last lines of what processes of this name wrote} */
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

    /** Ends the process at once, if it still runs. */
    @Override
    public void close() {
        kill();
    }
}
