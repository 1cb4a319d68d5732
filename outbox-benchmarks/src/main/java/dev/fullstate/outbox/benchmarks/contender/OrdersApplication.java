package dev.fullstate.outbox.benchmarks.contender;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

import dev.fullstate.outbox.benchmarks.process.LogTail;
import dev.fullstate.outbox.harness.process.ChildJvm;
import dev.fullstate.outbox.harness.process.ProcessUsage;

/**
 * A running order application, which puts itself under load on command and answers with figures. Every command first warms up
 * for half of its duration. The names of the figures are the application's; each ends with its unit.
 */
public final class OrdersApplication implements AutoCloseable {

    /** The way in which an order's change becomes an event. */
    public enum Outbox {
        /** Changes become no events, which cost nothing: the limit. */
        NONE("no-outbox", "orders"),
        /** The application inserts a row itself; the program that publishes it runs beside the application. */
        HANDWRITTEN("handwritten", "orders"),
        /** Our starter writes rows, and our relay inside the application publishes them. */
        FULLSTATE("fullstate", "orders-fullstate"),
        NAMASTACK("namastack", "orders-namastack"),
        MODULITH("modulith", "orders-modulith");

        private final String label;
        private final String module;

        Outbox(String label, String module) {
            this.label = label;
            this.module = module;
        }

        /** {@return the name in the report} */
        public String label() {
            return label;
        }

        private Map<String, String> properties() {
            return this == HANDWRITTEN ? Map.of("benchmark.outbox", "handwritten") : Map.of();
        }

        private Path jar(Path peers) {
            return peers.resolve("%1$s/target/benchmark-%1$s-0.1.0-SNAPSHOT-exec.jar".formatted(module));
        }
    }

    /** A transaction of the application. */
    public enum Operation {
        /** An order with five items. */
        INSERT("insert"),
        /** An attribute of the order, loaded with its items. */
        UPDATE_ROOT("update-root"),
        /** An attribute of one item of the order, loaded with all of them. */
        UPDATE_PART("update-part");

        private final String word;

        Operation(String word) {
            this.word = word;
        }

        /** {@return the name in the report} */
        public String word() {
            return word;
        }
    }

    /** The heap of an application without a setting of its own, in MB. */
    public static final int HEAP_IN_MB = 512;

    private static final Duration START = Duration.ofMinutes(5);

    /** The time that a command may take beyond its load: it waits half a minute at most for the last events. */
    private static final Duration GRACE = Duration.ofMinutes(1);

    /** This is far more than a job or an export takes. */
    private static final Duration JOB = Duration.ofMinutes(15);

    private static final String READY = "READY";
    private static final String RESULT = "RESULT ";
    private static final long LOOK_MILLIS = 20;

    private static final JsonMapper JSON = JsonMapper.shared();

    private final ChildJvm jvm;
    private final String heap;
    private final LogTail output;
    private final OutputStream input;

    private OrdersApplication(ChildJvm jvm, String heap, LogTail output) {
        this.jvm = jvm;
        this.heap = heap;
        this.output = output;
        this.input = jvm.input();
    }

    /**
     * Starts an application in a database without orders; returns when its orders exist and its outbox is at work.
     *
     * @param outbox     which application
     * @param peers      the folder of the applications' modules, built
     * @param pipeline   its database, topic and broker; the slot is that of the relay inside the application, if there is one
     * @param properties further properties of the application
     */
    public static OrdersApplication start(
            Outbox outbox, Path peers, Pipeline pipeline, Map<String, String> properties) {
        return start(outbox, peers, pipeline, properties, HEAP_IN_MB);
    }

    /**
     * Starts an application with another limit of its heap, in MB.
     *
     * @throws IllegalStateException if the application does not start with this heap
     */
    public static OrdersApplication start(
            Outbox outbox, Path peers, Pipeline pipeline, Map<String, String> properties, int megabytes) {
        String heap = "-Xmx" + megabytes + "m";
        List<String> arguments = new ArrayList<>(List.of(
                heap,
                "-jar",
                outbox.jar(peers.toAbsolutePath()).toString(),
                "--spring.datasource.url=" + pipeline.jdbcUrl(),
                "--spring.datasource.username=" + pipeline.username(),
                "--spring.datasource.password=" + pipeline.password(),
                "--spring.kafka.bootstrap-servers=" + pipeline.bootstrapServers(),
                "--benchmark.topic=" + pipeline.topic()));
        if (outbox == Outbox.FULLSTATE) {
            arguments.add("--outbox.relay.slot-name=" + pipeline.slot());
        }
        outbox.properties().forEach((name, value) -> arguments.add("--" + name + "=" + value));
        properties.forEach((name, value) -> arguments.add("--" + name + "=" + value));
        ChildJvm jvm = ChildJvm.start("orders-" + outbox.label, pipeline.folder(), arguments, Contender.GRACE);
        try {
            OrdersApplication application = new OrdersApplication(jvm, heap, new LogTail(jvm.output()));
            application.await(READY::equals, START);
            return application;
        } catch (IOException e) {
            jvm.close();
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            jvm.close();
            throw e;
        }
    }

    /** {@return the settings of the application, the heap included, for the report} */
    public Map<String, String> settings() {
        Map<String, String> settings = new TreeMap<>(
                JSON.readValue(answer("settings", Duration.ZERO), new TypeReference<Map<String, String>>() {}));
        settings.put("heap", heap);
        return settings;
    }

    /**
     * Makes as many updates per second as the whole way to the topic keeps up with.
     *
     * @param maxOutstanding most changes that may be under way; a writer waits while there are more
     * @return {@code committedPerSecond}, {@code outstandingAtBegin}, {@code outstandingAtEnd}, {@code missing}, and of the
     *     transactions {@code transactionP50Millis} and {@code P99}; and if events are expected, {@code arrivedPerSecond},
     *     {@code duplicates}, {@code overtaken} by a later version of the same order, from commit to append
     *     {@code latencyP50Millis}, {@code P95}, {@code P99}, {@code Max}, and from commit to a consumer of committed records
     *     {@code consumerP50Millis} and {@code P99}
     */
    public Measured saturate(Duration length, int threads, int maxOutstanding) {
        return figures("saturate %d %d %d".formatted(length.toSeconds(), threads, maxOutstanding), length);
    }

    /**
     * Updates at a fixed rate, whether or not their events arrive. A transaction's time begins when it was due, so that the wait for a
     * thread or for the processor counts as well.
     *
     * @return what {@link #saturate} returns, and {@code startedLate}: how many could not be started within 5 ms of their time
     */
    public Measured rate(int perSecond, Duration length) {
        return figures("rate %d %d".formatted(perSecond, length.toSeconds()), length);
    }

    /**
     * Loads the write path alone, one transaction after the other on each thread. It does not wait for events, so the application cannot be
     * used for {@link #saturate} and {@link #rate} afterwards.
     *
     * @return {@code transactionsPerSecond}, {@code walBytesPerTransaction}, {@code averageMillis}
     */
    public Measured capture(Operation operation, int threads, Duration length) {
        return figures("capture %s %d %d".formatted(operation.word, threads, length.toSeconds()), length);
    }

    /**
     * Counts the statements of a transaction. Needs the property {@code benchmark.count-statements=true}, which makes everything else
     * slower.
     *
     * @return {@code statementsPerTransaction} and {@code roundTripsPerTransaction} of the writing thread, where a batch is one
     *     round trip and the commit is one; and the work of all other threads in that time, as {@code backgroundStatementsPerTransaction}
     *     and {@code backgroundRoundTripsPerTransaction}
     */
    public Measured statements(Operation operation, int count) {
        return figures("statements %s %d".formatted(operation.word, count), GRACE);
    }

    /**
     * Reads all orders and writes each as JSON, and nothing else.
     *
     * @return {@code ordersPerSecond}, {@code orders}, {@code charactersPerOrder}
     */
    public Measured export(int pageSize) {
        return figures("export " + pageSize, JOB);
    }

    /**
     * Publishes all orders again, from the start of the job to the commit of its last event.
     *
     * @return {@code ordersPerSecond}, {@code orders}; and if events are expected, {@code arrivedPerSecond} from the start of the job
     *     to the append of its last event
     */
    public Measured republish() {
        return figures("republish", JOB);
    }

    /**
     * Publishes all orders again without waiting for events; after each twentieth of them everything stops for a full collection.
     *
     * @return also, in steps of five percent, {@code liveHeapMegabytesAt5} to {@code liveHeapMegabytesAt100}, as far as there was
     *     time; {@code liveHeapMegabytesPeak} of them; and {@code liveHeapMegabytesBefore} the job
     */
    public Measured republishWithHeap() {
        return figures("republish-heap", JOB);
    }

    /**
     * Updates at a fixed rate, while all orders are published again, in one job after the other.
     *
     * @param limit orders that a job may publish in a second; 0 for no limit
     * @return what {@link #rate} returns, and {@code republishedPerSecond}
     */
    public Measured rateBesideRepublish(int perSecond, Duration length, int limit) {
        return figures("rate-beside %d %d %d".formatted(perSecond, length.toSeconds(), limit), length);
    }

    public ProcessUsage usage() {
        return jvm.usage();
    }

    private Measured figures(String command, Duration load) {
        return new Measured(JSON.readValue(answer(command, load), new TypeReference<Map<String, Double>>() {}));
    }

    private String answer(String command, Duration load) {
        send(command);
        return await(line -> line.startsWith(RESULT), load.multipliedBy(2).plus(GRACE))
                .substring(RESULT.length());
    }

    private void send(String command) {
        try {
            input.write((command + "\n").getBytes(StandardCharsets.UTF_8));
            input.flush();
        } catch (IOException e) {
            jvm.requireAlive();
            throw new UncheckedIOException("Could not send the command " + command, e);
        }
    }

    private String await(Predicate<String> expected, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            while (System.nanoTime() < deadline) {
                Optional<String> line = output.nextLine();
                if (line.isEmpty()) {
                    jvm.requireAlive();
                    TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
                } else if (expected.test(line.get())) {
                    return line.get();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Could not read " + jvm.log(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for the application", e);
        }
        throw new IllegalStateException(
                "The application did not answer within %s:%n%s".formatted(patience, jvm.endOfLog()));
    }

    /** Ends the application, unless it has ended. */
    @Override
    public void close() {
        try (output;
                jvm) {
            if (jvm.isAlive()) {
                send("quit");
                jvm.awaitEnd(GRACE);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Could not close " + jvm.log(), e);
        }
    }
}
