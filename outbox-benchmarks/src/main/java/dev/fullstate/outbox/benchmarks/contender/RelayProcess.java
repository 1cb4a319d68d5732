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
        List<String> arguments = new ArrayList<>(List.of(
                heap,
                "-jar",
                jar.toString(),
                "--server.port=0",
                "--spring.datasource.url=" + pipeline.jdbcUrl(),
                "--spring.datasource.username=" + pipeline.username(),
                "--spring.datasource.password=" + pipeline.password(),
                "--spring.kafka.bootstrap-servers=" + pipeline.bootstrapServers(),
                "--outbox.relay.slot-name=" + pipeline.slot(),
                "--outbox.relay.topic=" + pipeline.topic()));
        settings.forEach((key, value) -> {
            if (!key.equals("heap")) {
                arguments.add("--" + key + "=" + value);
            }
        });
        return ChildJvm.start(name, pipeline.folder(), arguments, Contender.GRACE);
    }
}
