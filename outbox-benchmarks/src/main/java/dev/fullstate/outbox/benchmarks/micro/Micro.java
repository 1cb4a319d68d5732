package dev.fullstate.outbox.benchmarks.micro;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;

import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

import dev.fullstate.outbox.benchmarks.report.Figure;

/**
 * Runs the benchmarks of single steps, one after the other, each on one thread and in JVMs of its own. An operation is one event; a
 * figure's rounds are the iterations of all JVMs.
 */
public final class Micro {

    /** The name of the case. */
    public static final String CASE = "micro";

    private static final Pattern HUMP = Pattern.compile("(?=[A-Z])");
    private static final String ALLOCATED = "gc.alloc.rate.norm";
    private static final String HEAP = "-Xmx512m";

    private final int forks;
    private final int iterations;
    private final Duration iteration;

    /**
     * Sets how much is measured.
     *
     * @param forks      JVMs for each benchmark, one after the other; with 0 they run in this one, which is good for a test only
     * @param iterations in each JVM; as many before them are not counted
     * @param iteration  time for each iteration
     */
    Micro(int forks, int iterations, Duration iteration) {
        this.forks = forks;
        this.iterations = iterations;
        this.iteration = iteration;
    }

    /** Runs all benchmarks; takes about two minutes. */
    public static List<Figure> run() {
        return new Micro(2, 5, Duration.ofSeconds(1)).measure();
    }

    List<Figure> measure() {
        try {
            return figures(new Runner(options()).run());
        } catch (RunnerException e) {
            throw new IllegalStateException("The benchmarks of single steps did not run to their end", e);
        }
    }

    private Options options() {
        TimeValue time = TimeValue.milliseconds(iteration.toMillis());
        return new OptionsBuilder()
                .include("^" + Pattern.quote(Micro.class.getPackageName()) + "\\.")
                .mode(Mode.AverageTime)
                .timeUnit(TimeUnit.NANOSECONDS)
                .forks(forks)
                .jvmArgs(HEAP)
                .warmupIterations(iterations)
                .warmupTime(time)
                .measurementIterations(iterations)
                .measurementTime(time)
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true)
                .build();
    }

    private List<Figure> figures(Collection<RunResult> results) {
        List<Figure> figures = new ArrayList<>();
        for (RunResult result : results) {
            figures.add(figure(result, "time", "ns/op", Micro::time));
            figures.add(figure(result, "allocated", "B/op", Micro::allocated));
        }
        return figures;
    }

    private static double time(IterationResult iteration) {
        return iteration.getPrimaryResult().getScore();
    }

    private static double allocated(IterationResult iteration) {
        Result<?> allocated = Objects.requireNonNull(
                iteration.getSecondaryResults().get(ALLOCATED), "The profiler of JMH has no result " + ALLOCATED);
        return allocated.getScore();
    }

    private Figure figure(RunResult result, String metric, String unit, ToDoubleFunction<IterationResult> score) {
        List<Double> rounds = new ArrayList<>();
        for (BenchmarkResult fork : result.getBenchmarkResults()) {
            fork.getIterationResults().forEach(each -> rounds.add(score.applyAsDouble(each)));
        }
        return new Figure(CASE, name(result), metric, unit, rounds, settings());
    }

    /** {@return the method's name in the report's spelling} */
    private static String name(RunResult result) {
        String benchmark = result.getParams().getBenchmark();
        String method = benchmark.substring(benchmark.lastIndexOf('.') + 1);
        return HUMP.matcher(method).replaceAll("-").toLowerCase(Locale.ROOT);
    }

    private Map<String, String> settings() {
        return Map.of(
                "operation",
                "one event",
                "threads",
                "1",
                "forks",
                Integer.toString(forks),
                "iterations",
                Integer.toString(iterations),
                "iteration-time",
                iteration.toString(),
                "heap",
                HEAP);
    }
}
