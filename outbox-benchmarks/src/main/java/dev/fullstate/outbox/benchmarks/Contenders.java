package dev.fullstate.outbox.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import dev.fullstate.outbox.benchmarks.cases.WholeWayCase;
import dev.fullstate.outbox.benchmarks.contender.Contender;
import dev.fullstate.outbox.benchmarks.contender.DebeziumConnect;
import dev.fullstate.outbox.benchmarks.contender.DebeziumTuning;
import dev.fullstate.outbox.benchmarks.contender.LimitProcess;
import dev.fullstate.outbox.benchmarks.contender.OrdersApplication.Outbox;
import dev.fullstate.outbox.benchmarks.contender.RelayProcess;
import dev.fullstate.outbox.benchmarks.limit.Limit;
import dev.fullstate.outbox.harness.image.RelayImage;

/** The contenders, in the order of the report. */
final class Contenders {

    static final String RELAY = "relay-at-least-once";
    static final String RELAY_EXACTLY_ONCE = "relay-exactly-once";
    /** Exactly once, from the executable jar, with the image's options. */
    static final String RELAY_JAR = "relay-jar";
    /** Reads the table; otherwise as {@link #RELAY_EXACTLY_ONCE}. */
    static final String RELAY_TABLE = "relay-table";

    static final String DEBEZIUM_DEFAULT = "debezium-default";
    static final String DEBEZIUM = "debezium-tuned";
    static final String DEBEZIUM_LOW_LATENCY = "debezium-lowlatency";

    private static final Set<String> WARMING = Set.of("bare", RELAY_EXACTLY_ONCE);

    private static final String HEAP = "-Xmx512m";

    /** For a smoke test beside other tests: an answer that comes late makes the relay publish again. */
    private static final Map<String, String> PATIENT =
            Map.of("outbox.relay.kafka-timeout", "20s", "outbox.relay.wal-sender-timeout", "60s");

    private final List<Contender> all = new ArrayList<>();
    private final Parameters parameters;

    Contenders(Parameters parameters) {
        this.parameters = parameters;
        Path jar = parameters.module().resolve("target/contenders/outbox-relay-exec.jar");
        RelayImage image = image(jar);
        all.add(new LimitProcess(Limit.SLOT_ONLY, HEAP));
        all.add(new LimitProcess(Limit.BARE, HEAP));
        all.add(new LimitProcess(Limit.BARE_LOW_LATENCY, HEAP));
        Map<String, String> exactlyOnce = parameters.inFull() ? Map.of() : PATIENT;
        Map<String, String> atLeastOnce = new HashMap<>(exactlyOnce);
        atLeastOnce.put("outbox.relay.delivery", "at-least-once");
        all.add(RelayProcess.of(image, RELAY_EXACTLY_ONCE, exactlyOnce));
        Map<String, String> table = new HashMap<>(exactlyOnce);
        table.put("outbox.relay.source", "table");
        all.add(RelayProcess.of(image, RELAY_TABLE, table));
        all.add(RelayProcess.of(image, RELAY, atLeastOnce));
        all.add(new RelayProcess(
                RELAY_JAR, image.folder(), List.of("-XX:Flags=jvm.flags", "-jar", jar.toString()), exactlyOnce));
        Path connect = peers().resolve("debezium/target/connect");
        // The gate runs without the peers.
        if (Files.isDirectory(connect)) {
            for (DebeziumTuning tuning : DebeziumTuning.values()) {
                all.add(new DebeziumConnect(tuning, connect));
            }
        }
    }

    /** Built for each run, from the jar and the Dockerfile as they are now. */
    private RelayImage image(Path jar) {
        try {
            return RelayImage.build(
                    parameters.repository(), jar, parameters.work().resolve("image"));
        } catch (IOException e) {
            throw new UncheckedIOException("The relay's image could not be built from " + jar, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while the relay's image was built", e);
        }
    }

    /** {@return the folder of the peers' modules} */
    Path peers() {
        return parameters.module().resolve("peers");
    }

    /** {@return those of these names that the parameters include; all if there are no names} */
    List<Contender> named(String... names) {
        return all.stream()
                .filter(contender -> parameters.includesContender(contender.name()))
                .filter(contender -> names.length == 0 || Arrays.asList(names).contains(contender.name()))
                .toList();
    }

    /** {@return our relay of this name, if the parameters include it} */
    Optional<RelayProcess> relay(String name) {
        return named(name).stream()
                .filter(RelayProcess.class::isInstance)
                .map(RelayProcess.class::cast)
                .findFirst();
    }

    /** {@return the ways from an application's transaction to Kafka; none without the peers} */
    List<WholeWayCase.Entry> wholeWays() {
        List<WholeWayCase.Entry> ways = new ArrayList<>();
        ways.add(new WholeWayCase.Entry("no-outbox", Outbox.NONE, Map.of(), null));
        ways.add(new WholeWayCase.Entry(
                RELAY, Outbox.FULLSTATE, Map.of("outbox.relay.delivery", "at-least-once"), null));
        ways.add(new WholeWayCase.Entry(RELAY_EXACTLY_ONCE, Outbox.FULLSTATE, Map.of(), null));
        ways.add(new WholeWayCase.Entry(RELAY_TABLE, Outbox.FULLSTATE, Map.of("outbox.relay.source", "table"), null));
        named(DEBEZIUM)
                .forEach(debezium ->
                        ways.add(new WholeWayCase.Entry(debezium.name(), Outbox.HANDWRITTEN, Map.of(), debezium)));
        ways.add(new WholeWayCase.Entry("namastack", Outbox.NAMASTACK, Map.of(), null));
        ways.add(new WholeWayCase.Entry("modulith", Outbox.MODULITH, Map.of(), null));
        ways.removeIf(way -> !parameters.includesContender(way.name()));
        return ways;
    }

    /** {@return those that have the broker do everything that it does for any contender, whatever the parameters include} */
    List<Contender> warming() {
        return all.stream()
                .filter(contender -> WARMING.contains(contender.name()))
                .toList();
    }

    /** {@return those that are set up for a backlog} */
    List<Contender> draining() {
        return named("slot-only", "bare", RELAY_EXACTLY_ONCE, RELAY, DEBEZIUM_DEFAULT, DEBEZIUM);
    }

    /** {@return those that publish, the limit in its variant for latency} */
    List<Contender> prompt() {
        return named(
                "bare-lowlatency",
                RELAY_EXACTLY_ONCE,
                RELAY_TABLE,
                RELAY,
                DEBEZIUM_DEFAULT,
                DEBEZIUM,
                DEBEZIUM_LOW_LATENCY);
    }
}
