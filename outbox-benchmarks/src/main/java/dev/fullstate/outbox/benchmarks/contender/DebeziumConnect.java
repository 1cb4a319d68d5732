package dev.fullstate.outbox.benchmarks.contender;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

import dev.fullstate.outbox.harness.process.ChildJvm;

/**
 * Debezium's PostgreSQL connector with its Outbox Event Router on a standalone Kafka Connect worker: key, value and the router's
 * own header {@code id}. It publishes at least once: a standalone worker keeps its offsets in a file, and Connect offers exactly
 * once for sources to distributed workers only.
 *
 * <p>A worker that cannot create the connector ends. One whose task fails later lives on, with an {@code ERROR} in the log and
 * nothing more in the topic.
 *
 * @param tuning  the variant
 * @param connect folder with Connect in {@code lib} and Debezium below {@code plugins}
 * @param heap    the JVM's options for the heap
 */
public record DebeziumConnect(DebeziumTuning tuning, Path connect, List<String> heap) implements Contender {

    /** The heap that Kafka's script for Connect sets. */
    private static final List<String> HEAP = List.of("-Xms256M", "-Xmx2G");

    /** The options that Kafka's scripts set for every program. */
    private static final List<String> COLLECTOR = List.of(
            "-XX:+UseG1GC",
            "-XX:MaxGCPauseMillis=20",
            "-XX:InitiatingHeapOccupancyPercent=35",
            "-XX:+ExplicitGCInvokesConcurrent");

    private static final List<String> LOG = List.of(
            "-Dorg.slf4j.simpleLogger.logFile=System.out",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
            // Debezium's statistics of its own lag warn about each event that they leave out, thousands in a drain.
            "-Dorg.slf4j.simpleLogger.log.io.debezium.metrics.stats.MeasurementCollector=error",
            "-Dorg.slf4j.simpleLogger.showDateTime=true",
            "-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS");

    private static final String STRINGS = "org.apache.kafka.connect.storage.StringConverter";

    private static final Map<String, String> WORKER = Map.of("key.converter", STRINGS, "value.converter", STRINGS);

    private static final Map<String, String> CONNECTOR = Map.ofEntries(
            Map.entry("name", "outbox"),
            Map.entry("connector.class", "io.debezium.connector.postgresql.PostgresConnector"),
            Map.entry("topic.prefix", "outbox"),
            Map.entry("plugin.name", "pgoutput"),
            Map.entry("publication.name", "outbox"),
            Map.entry("publication.autocreate.mode", "disabled"),
            // Debezium must not read rows from before the slot: the slot holds the backlog.
            Map.entry("snapshot.mode", "no_data"),
            Map.entry("table.include.list", "public.outbox"),
            Map.entry("transforms", "outbox"),
            Map.entry("transforms.outbox.type", "io.debezium.transforms.outbox.EventRouter"),
            Map.entry("transforms.outbox.route.tombstone.on.empty.payload", "true"));

    public DebeziumConnect(DebeziumTuning tuning, Path connect) {
        this(tuning, connect, HEAP);
    }

    @Override
    public DebeziumConnect withHeap(int megabytes) {
        return new DebeziumConnect(tuning, connect, List.of("-Xmx" + megabytes + "m"));
    }

    @Override
    public String name() {
        return tuning.label();
    }

    @Override
    public Map<String, String> settings() {
        Map<String, String> settings = new TreeMap<>(CONNECTOR);
        settings.putAll(tuning.connector());
        workerSettings().forEach((key, value) -> settings.put("worker." + key, value));
        settings.put("heap", String.join(" ", heap));
        settings.put("jvm", String.join(" ", COLLECTOR));
        settings.put("version.connect", version(connect.resolve("lib"), "connect-runtime-"));
        settings.put(
                "version.debezium",
                version(connect.resolve("plugins/debezium-connector-postgres"), "debezium-connector-postgres-"));
        return settings;
    }

    private static String version(Path folder, String artifact) {
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(folder, artifact + "*.jar")) {
            String jar = jars.iterator().next().getFileName().toString();
            return jar.substring(artifact.length(), jar.length() - ".jar".length());
        } catch (IOException e) {
            throw new UncheckedIOException("Debezium is not laid out: the profile 'benchmarks' does it", e);
        }
    }

    @Override
    public ChildJvm start(Pipeline pipeline) {
        Path worker = write(pipeline.folder().resolve("worker.properties"), worker(pipeline));
        Path connector = write(pipeline.folder().resolve("connector.properties"), connector(pipeline));
        deleteOffsets(pipeline);
        List<String> arguments = new ArrayList<>(heap);
        arguments.addAll(COLLECTOR);
        arguments.addAll(LOG);
        arguments.addAll(List.of(
                "-cp",
                connect.resolve("lib").toAbsolutePath() + "/*",
                "org.apache.kafka.connect.cli.ConnectStandalone",
                worker.toString(),
                connector.toString()));
        return ChildJvm.start(name(), pipeline.folder(), arguments, Contender.GRACE);
    }

    private Map<String, String> workerSettings() {
        Map<String, String> settings = new TreeMap<>(WORKER);
        settings.putAll(tuning.worker());
        return settings;
    }

    private Map<String, String> worker(Pipeline pipeline) {
        Map<String, String> worker = workerSettings();
        worker.put("bootstrap.servers", pipeline.bootstrapServers());
        worker.put("plugin.path", connect.resolve("plugins").toAbsolutePath().toString());
        worker.put("offset.storage.file.filename", offsets(pipeline).toString());
        worker.put("listeners", "http://127.0.0.1:0");
        return worker;
    }

    private Map<String, String> connector(Pipeline pipeline) {
        Map<String, String> connector = new TreeMap<>(CONNECTOR);
        connector.putAll(tuning.connector());
        connector.put("database.hostname", pipeline.host());
        connector.put("database.port", Integer.toString(pipeline.port()));
        connector.put("database.dbname", pipeline.database());
        connector.put("database.user", pipeline.username());
        connector.put("database.password", pipeline.password());
        connector.put("slot.name", pipeline.slot());
        connector.put("transforms.outbox.route.topic.replacement", pipeline.topic());
        return connector;
    }

    private static Path offsets(Pipeline pipeline) {
        return pipeline.folder().resolve("offsets").toAbsolutePath();
    }

    /** Removes the position of an earlier run in this folder, before which the connector would silently skip everything. */
    private static void deleteOffsets(Pipeline pipeline) {
        Path offsets = offsets(pipeline);
        try {
            Files.deleteIfExists(offsets);
        } catch (IOException e) {
            throw new UncheckedIOException("Could not delete " + offsets, e);
        }
    }

    private static Path write(Path file, Map<String, String> settings) {
        Properties properties = new Properties();
        properties.putAll(settings);
        try {
            Files.createDirectories(file.getParent());
            try (Writer writer = Files.newBufferedWriter(file)) {
                properties.store(writer, null);
            }
            return file.toAbsolutePath();
        } catch (IOException e) {
            throw new UncheckedIOException("Could not write " + file, e);
        }
    }
}
