package dev.fullstate.outbox.benchmarks.contender;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import dev.fullstate.outbox.harness.process.ChildJvm;

/**
 * Our relay as it is shipped: the executable jar, its defaults, and the addresses that it needs.
 *
 * @param name     in the report
 * @param jar      the executable jar
 * @param heap     the JVM's option for the largest heap
 * @param settings that differ from the relay's defaults
 */
public record RelayProcess(String name, Path jar, String heap, Map<String, String> settings) implements Contender {

    public RelayProcess {
        Map<String, String> all = new TreeMap<>(settings);
        all.put("heap", heap);
        settings = all;
    }

    @Override
    public RelayProcess withHeap(int megabytes) {
        return new RelayProcess(name, jar, "-Xmx" + megabytes + "m", settings);
    }

    @Override
    public ChildJvm start(Pipeline pipeline) {
        return start(pipeline, database("outbox.relay", pipeline));
    }

    /** Starts one JVM for several pipelines. */
    public ChildJvm startTogether(List<Pipeline> pipelines) {
        List<String> databases = new ArrayList<>();
        for (int i = 0; i < pipelines.size(); i++) {
            databases.addAll(database("outbox.relay.pipelines.p" + i, pipelines.get(i)));
        }
        return start(pipelines.get(0), databases);
    }

    private static List<String> database(String prefix, Pipeline pipeline) {
        return List.of(
                "--" + prefix + ".url=" + pipeline.jdbcUrl(),
                "--" + prefix + ".username=" + pipeline.username(),
                "--" + prefix + ".password=" + pipeline.password(),
                "--" + prefix + ".slot-name=" + pipeline.slot(),
                "--" + prefix + ".topic=" + pipeline.topic());
    }

    /** @param pipeline whose broker and folder the JVM has */
    private ChildJvm start(Pipeline pipeline, List<String> databases) {
        List<String> arguments = new ArrayList<>(List.of(
                heap, "-jar", jar.toString(), "--spring.kafka.bootstrap-servers=" + pipeline.bootstrapServers()));
        arguments.addAll(databases);
        settings.forEach((key, value) -> {
            if (!key.equals("heap")) {
                arguments.add("--" + key + "=" + value);
            }
        });
        return ChildJvm.start(name, pipeline.folder(), arguments, Contender.GRACE);
    }
}
