package dev.fullstate.outbox.benchmarks.report;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Prints how far two runs agree, as Markdown. */
public final class Compare {

    private Compare() {}

    /**
     * Compares.
     *
     * @param args two files of results
     */
    public static void main(String[] args) {
        if (args.length != 2) {
            throw new IllegalArgumentException(
                    "Expected two files of results, but there are " + args.length + " arguments");
        }
        Comparison comparison = new Comparison(Results.read(Path.of(args[0])), Results.read(Path.of(args[1])));
        new PrintStream(System.out, true, StandardCharsets.UTF_8).print(comparison.markdown());
    }
}
