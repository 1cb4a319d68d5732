package dev.fullstate.outbox.benchmarks.contender;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import dev.fullstate.outbox.benchmarks.limit.Limit;
import dev.fullstate.outbox.harness.process.ChildJvm;

/**
 * One of the limits: a program of the benchmark itself.
 *
 * @param limit the program
 * @param heap  the JVM's option for the largest heap
 */
public record LimitProcess(Limit limit, String heap) implements Contender {

    @Override
    public String name() {
        return limit.label();
    }

    @Override
    public Map<String, String> settings() {
        Map<String, String> settings = new TreeMap<>(limit.settings());
        settings.put("heap", heap);
        return settings;
    }

    @Override
    public LimitProcess withHeap(int megabytes) {
        return new LimitProcess(limit, "-Xmx" + megabytes + "m");
    }

    @Override
    public boolean publishes() {
        return limit.publishes();
    }

    @Override
    public ChildJvm start(Pipeline pipeline) {
        List<String> arguments =
                new ArrayList<>(List.of(heap, "-cp", System.getProperty("java.class.path"), limit.mainClass()));
        arguments.addAll(List.of(
                pipeline.jdbcUrl(),
                pipeline.username(),
                pipeline.password(),
                pipeline.slot(),
                pipeline.bootstrapServers(),
                pipeline.topic(),
                Integer.toString(limit.lingerMillis())));
        return ChildJvm.start(name(), pipeline.folder(), arguments, Contender.GRACE);
    }
}
