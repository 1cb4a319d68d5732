package dev.fullstate.outbox.benchmarks.contender;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import dev.fullstate.outbox.harness.image.RelayImage;
import dev.fullstate.outbox.harness.process.ChildJvm;

/**
 * Our relay as it is shipped: the command of its image, its defaults, and the addresses that it needs.
 *
 * @param name       in the report
 * @param folder     the application's, in which the command runs
 * @param command    the JVM's options, and the jar
 * @param properties that differ from the relay's defaults
 */
public record RelayProcess(String name, Path folder, List<String> command, Map<String, String> properties)
        implements Contender {

    /** As a container of the image runs it. */
    public static RelayProcess of(RelayImage image, String name, Map<String, String> properties) {
        List<String> entryPoint = image.entryPoint();
        return new RelayProcess(name, image.folder(), entryPoint.subList(1, entryPoint.size()), properties);
    }

    @Override
    public Map<String, String> settings() {
        Map<String, String> settings = new TreeMap<>(properties);
        settings.put("jvm", String.join(" ", command));
        return settings;
    }

    @Override
    public RelayProcess withHeap(int megabytes) {
        List<String> changed = new ArrayList<>(command);
        changed.add(changed.indexOf("-jar"), "-Xmx" + megabytes + "m");
        return new RelayProcess(name, folder, changed, properties);
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
        List<String> arguments = new ArrayList<>(command);
        arguments.add("--spring.kafka.bootstrap-servers=" + pipeline.bootstrapServers());
        arguments.addAll(databases);
        properties.forEach((key, value) -> arguments.add("--" + key + "=" + value));
        return ChildJvm.start(name, pipeline.folder(), folder, arguments, Contender.GRACE);
    }
}
