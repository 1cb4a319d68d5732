package dev.fullstate.outbox.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A program that was run to its end.
 *
 * @param output of the program to standard output and standard error
 */
record FinishedProcess(List<String> command, int exitCode, String output) {

    static FinishedProcess run(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new FinishedProcess(command, process.waitFor(), output);
        } catch (IOException e) {
            throw new UncheckedIOException("Could not run " + command, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while running " + command, e);
        }
    }

    boolean succeeded() {
        return exitCode == 0;
    }
}
