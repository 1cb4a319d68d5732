package dev.fullstate.outbox.harness.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Reads the resources that a process of this machine has used so far, as Linux counts them (proc(5)): all its threads, those that have
 * ended included, its children not unless it is said.
 *
 * @param pid the process
 */
public record ProcessUsage(long pid) {

    /** USER_HZ, which Linux has fixed at 100 for programs on every architecture that matters here. */
    private static final double TICKS_PER_SECOND = 100;

    private static final int USER_TIME = 11;
    private static final int SYSTEM_TIME = 12;
    private static final int ENDED_CHILDREN_USER_TIME = 13;
    private static final int ENDED_CHILDREN_SYSTEM_TIME = 14;

    /** {@return processor time in seconds, user and system, in steps of 10 ms; 0 of a process that has ended} */
    public double cpuSeconds() {
        return seconds(USER_TIME, SYSTEM_TIME);
    }

    /** {@return processor time in seconds, of the process and of its children, also of those that have ended; a child that is about to end may count twice} */
    public double cpuSecondsWithChildren() {
        return seconds(USER_TIME, SYSTEM_TIME, ENDED_CHILDREN_USER_TIME, ENDED_CHILDREN_SYSTEM_TIME)
                + ProcessHandle.of(pid).stream()
                        .flatMap(ProcessHandle::children)
                        .mapToDouble(child -> new ProcessUsage(child.pid()).cpuSeconds())
                        .sum();
    }

    private double seconds(int... times) {
        String stat = read("stat");
        if (stat.isEmpty()) {
            return 0;
        }
        // The second field is the program's name in parentheses and may contain blanks; the third follows its last
        // parenthesis.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return IntStream.of(times)
                        .mapToLong(time -> Long.parseLong(fields[time]))
                        .sum()
                / TICKS_PER_SECOND;
    }

    /** {@return the most memory that the process has held at any time, in bytes; 0 of a process that has ended} */
    public long peakResidentBytes() {
        return statusBytes("VmHWM:");
    }

    /** {@return the memory that the process holds now, in bytes; 0 of a process that has ended} */
    public long residentBytes() {
        return statusBytes("VmRSS:");
    }

    /** {@return how many threads the process has; 0 of a process that has ended} */
    public int threadCount() {
        return entries("task").size();
    }

    /** {@return how many files the process has open, sockets included; 0 of a process that has ended} */
    public int openFileCount() {
        return entries("fd").size();
    }

    /** {@return how many sockets the process has open; 0 of a process that has ended} */
    public int socketCount() {
        return (int) entries("fd").stream().filter(ProcessUsage::isSocket).count();
    }

    private static boolean isSocket(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (NoSuchFileException closedSince) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException("Could not read " + descriptor, e);
        }
    }

    private List<Path> entries(String folder) {
        try (Stream<Path> entries = Files.list(Path.of("/proc", Long.toString(pid), folder))) {
            return entries.toList();
        } catch (NoSuchFileException ended) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException("Could not list " + folder + " of process " + pid, e);
        }
    }

    private long statusBytes(String field) {
        return read("status")
                .lines()
                .filter(line -> line.startsWith(field))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
                .findFirst()
                .orElse(0);
    }

    private String read(String file) {
        Path path = Path.of("/proc", Long.toString(pid), file);
        try {
            return Files.exists(path) ? Files.readString(path) : "";
        } catch (IOException e) {
            if (!Files.exists(path.getParent())) {
                return "";
            }
            throw new UncheckedIOException("Could not read " + path, e);
        }
    }
}
