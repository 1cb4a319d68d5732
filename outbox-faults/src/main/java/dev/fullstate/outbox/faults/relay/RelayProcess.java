package dev.fullstate.outbox.faults.relay;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.fullstate.outbox.faults.point.Control;
import dev.fullstate.outbox.faults.point.FaultyRelay;
import dev.fullstate.outbox.faults.server.Broker;
import dev.fullstate.outbox.faults.server.Outbox;
import dev.fullstate.outbox.harness.process.ChildJvm;
import dev.fullstate.outbox.harness.process.ProcessUsage;
import dev.fullstate.outbox.harness.server.Ports;

/** A relay in a JVM of its own, which reaches both servers through their links. */
public final class RelayProcess implements AutoCloseable {

    private static final Pattern STATE = Pattern.compile("Relay state: [A-Z_]+ -> ([A-Z_]+)");

    private final ChildJvm jvm;
    private final Control control;
    private final int webPort;

    private RelayProcess(ChildJvm jvm, Control control, int webPort) {
        this.jvm = jvm;
        this.control = control;
        this.webPort = webPort;
    }

    /**
     * Starts a process that runs the relay when {@link Control#start()} tells it to; does not wait for the relay.
     *
     * @param properties of the relay, in addition to those that it needs and to short delays
     */
    public static RelayProcess prepare(
            Outbox outbox, Broker broker, Map<String, String> properties, String... jvmOptions) {
        return prepareAs("relay-" + outbox.name(), outbox, broker, properties, jvmOptions);
    }

    /**
     * Starts a process as {@link #prepare} does.
     *
     * @param name of its log
     */
    public static RelayProcess prepareAs(
            String name, Outbox outbox, Broker broker, Map<String, String> properties, String... jvmOptions) {
        Map<String, String> all = new LinkedHashMap<>(defaults(broker));
        all.putAll(defaults(outbox));
        all.putAll(properties);
        return prepareJvm(name, all, jvmOptions);
    }

    /**
     * Starts a process with a pipeline for each outbox, as {@link #prepare} does with one.
     *
     * @param name of its log
     */
    public static RelayProcess preparePipelines(
            String name, List<Outbox> outboxes, Broker broker, Map<String, String> properties, String... jvmOptions) {
        Map<String, String> all = new LinkedHashMap<>(defaults(broker));
        for (Outbox outbox : outboxes) {
            String prefix = "outbox.relay.pipelines." + outbox.name().replace('_', '-') + ".";
            all.put(prefix + "url", outbox.urlOfRelay());
            all.put(prefix + "username", outbox.database().server().username());
            all.put(prefix + "password", outbox.database().server().password());
            all.put(prefix + "slot-name", outbox.name());
            all.put(prefix + "topic", outbox.name() + ".{aggregatetype}");
        }
        all.putAll(properties);
        return prepareJvm(name, all, jvmOptions);
    }

    private static RelayProcess prepareJvm(String name, Map<String, String> properties, String... jvmOptions) {
        int webPort = Ports.free();
        Control control = Control.open();
        Map<String, String> all = new LinkedHashMap<>(properties);
        all.putIfAbsent("server.port", Integer.toString(webPort));
        List<String> arguments = new ArrayList<>();
        all.forEach((key, value) -> arguments.add("--" + key + "=" + value));
        List<String> options = new ArrayList<>(jvmOptions.length == 0 ? List.of("-Xmx128m") : List.of(jvmOptions));
        options.add("-D" + FaultyRelay.CONTROL + "=" + control.port());
        ChildJvm jvm = ChildJvm.start(name, options, FaultyRelay.class, arguments);
        control.connect();
        return new RelayProcess(jvm, control, webPort);
    }

    private static Map<String, String> defaults(Outbox outbox) {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("spring.datasource.url", outbox.urlOfRelay());
        properties.put("spring.datasource.username", outbox.database().server().username());
        properties.put("spring.datasource.password", outbox.database().server().password());
        properties.put("outbox.relay.slot-name", outbox.name());
        properties.put("outbox.relay.topic", outbox.name() + ".{aggregatetype}");
        properties.put("outbox.relay.exactly-once.position-topic", outbox.name() + ".positions");
        return properties;
    }

    private static Map<String, String> defaults(Broker broker) {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("spring.main.banner-mode", "off");
        properties.put("spring.kafka.bootstrap-servers", broker.bootstrapServersOfRelay());
        properties.put("spring.kafka.properties.reconnect.backoff.max.ms", "200");
        properties.put("outbox.relay.topic-partitions", "3");
        properties.put("outbox.relay.standby-interval", "100ms");
        properties.put("outbox.relay.retry.min-delay", "50ms");
        properties.put("outbox.relay.retry.max-delay", "1s");
        return properties;
    }

    /** {@return the way to the failure points} */
    public Control control() {
        return control;
    }

    public boolean isAlive() {
        return jvm.isAlive();
    }

    /** Sends SIGKILL. */
    public void kill() {
        jvm.kill();
    }

    /** Sends SIGTERM. */
    public void terminate() {
        jvm.terminate();
    }

    /** Sends SIGTERM, and waits for the end; kills the process if that takes too long. */
    public boolean stop(Duration timeout) {
        jvm.terminate();
        if (jvm.awaitEnd(timeout)) {
            return true;
        }
        jvm.kill();
        return false;
    }

    public void pause() {
        jvm.pause();
    }

    public void resume() {
        jvm.resume();
    }

    /** {@return threads, files and memory of the process, according to Linux} */
    public ProcessUsage usage() {
        return jvm.usage();
    }

    /** {@return the bytes of its heap that are in use after a garbage collection} */
    public long liveHeapBytes() {
        return jvm.liveHeapBytes();
    }

    /** {@return how much it has logged so far} */
    public long logBytes() {
        return jvm.ownLogBytes();
    }

    /**
     * Asks for a health group over HTTP; only of a relay that has a web server.
     *
     * @param group {@code liveness} or {@code readiness}
     * @return 200 for UP
     */
    public int healthStatus(String group) {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + webPort + "/actuator/health/" + group))
                .timeout(Duration.ofMinutes(1))
                .build();
        try {
            return HttpClient.newHttpClient()
                    .send(request, HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException e) {
            throw new UncheckedIOException("The relay did not tell its " + group, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while asking for " + group, e);
        }
    }

    /** {@return the state that the relay logged last, as in {@code STREAMING}; empty if it has logged none yet} */
    public String state() {
        Matcher states = STATE.matcher(jvm.endOfOwnLog());
        String last = "";
        while (states.find()) {
            last = states.group(1);
        }
        return last;
    }

    /** {@return the last lines of its log, without those of processes of its name before it} */
    public String endOfOwnLog() {
        return jvm.endOfOwnLog();
    }

    public String endOfLog() {
        return jvm.endOfLog();
    }

    /** Kills the process, if it still runs. */
    @Override
    public void close() {
        jvm.close();
        control.close();
    }
}
