package dev.fullstate.outbox.test;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.metadata.storage.Formatter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real Kafka broker on 127.0.0.1: Kafka's own server in KRaft mode, broker and controller in one, inside this JVM. Neither
 * Docker nor an installation is needed.
 *
 * <p>The broker is empty at the start and is removed by {@link #close()}. A write does not create a topic. Internal
 * topics have one partition, so that transactions and consumer groups are ready at once. A JVM that ends without
 * {@code close()} takes the broker with it but leaves its files in the temporary folder.
 *
 * <p>A broker that cannot write its log ends the whole JVM, as it does in production. Any number of brokers may run in one JVM.
 * Instances may be shared between threads.
 */
public final class KafkaServer implements AutoCloseable {

    static final String PORT_PROPERTY = "outbox.test.kafka.port";

    private static final Logger log = LoggerFactory.getLogger(KafkaServer.class);

    private static final int NODE_ID = 1;
    private static final String CONTROLLER = "CONTROLLER";

    private final int port;
    private final KafkaRaftServer broker;
    private final Runnable cleanUp;

    private KafkaServer(int port, KafkaRaftServer broker, Runnable cleanUp) {
        this.port = port;
        this.broker = broker;
        this.cleanUp = cleanUp;
    }

    /** {@return a broker on any free port} */
    public static KafkaServer start() {
        return start(0, Map.of());
    }

    /**
     * Starts a broker; returns when it serves clients.
     *
     * @param port     0 for any free port; the controller always gets any free port
     * @param settings entries of {@code server.properties} that add to the defaults or replace them
     * @throws ServicePortInUseException if the port is taken
     */
    public static KafkaServer start(int port, Map<String, String> settings) {
        long began = System.nanoTime();
        int freePort = LoopbackPort.free(port, "Kafka", PORT_PROPERTY);
        Path folder = temporaryFolder();
        try {
            KafkaServer server = new KafkaServer(freePort, started(freePort, folder, settings), () -> delete(folder));
            Duration taken = Duration.ofNanos(System.nanoTime() - began);
            log.info("Kafka listens on {} after {} ms", server.bootstrapServers(), taken.toMillis());
            return server;
        } catch (RuntimeException e) {
            delete(folder);
            throw e;
        }
    }

    /**
     * Starts a broker whose files stay when it ends; returns when it serves clients. With the files of an earlier broker it continues
     * where that one was closed or killed.
     *
     * @param folder   is empty, missing, or that of an earlier broker
     * @param port     0 for any free port
     * @param settings entries of {@code server.properties} that add to the defaults or replace them
     * @throws ServicePortInUseException if the port is taken
     */
    public static KafkaServer startIn(Path folder, int port, Map<String, String> settings) {
        int freePort = LoopbackPort.free(port, "Kafka", PORT_PROPERTY);
        return new KafkaServer(freePort, started(freePort, folder, settings), () -> {});
    }

    private static KafkaRaftServer started(int port, Path folder, Map<String, String> settings) {
        Map<String, String> configuration = defaults(port, LoopbackPort.anyFreeBut(port), folder);
        configuration.putAll(settings);
        if (Files.notExists(folder.resolve(MetaPropertiesEnsemble.META_PROPERTIES_NAME))) {
            format(folder);
        }
        KafkaRaftServer broker = new KafkaRaftServer(new KafkaConfig(configuration), Time.SYSTEM);
        startup(broker);
        return broker;
    }

    private static void startup(KafkaRaftServer broker) {
        try {
            broker.startup();
        } catch (RuntimeException e) {
            broker.shutdown();
            throw e;
        }
    }

    private static Map<String, String> defaults(int port, int controllerPort, Path folder) {
        Map<String, String> defaults = new HashMap<>();
        defaults.put("process.roles", "broker,controller");
        defaults.put("node.id", Integer.toString(NODE_ID));
        defaults.put("log.dirs", folder.toString());
        defaults.put(
                "listeners",
                "PLAINTEXT://%1$s:%2$d,CONTROLLER://%1$s:%3$d".formatted(LoopbackPort.HOST, port, controllerPort));
        defaults.put("advertised.listeners", "PLAINTEXT://%s:%d".formatted(LoopbackPort.HOST, port));
        defaults.put("controller.listener.names", CONTROLLER);
        defaults.put("controller.quorum.voters", "%d@%s:%d".formatted(NODE_ID, LoopbackPort.HOST, controllerPort));
        defaults.put("auto.create.topics.enable", "false");
        defaults.put("group.initial.rebalance.delay.ms", "0");
        for (String internal :
                new String[] {"offsets.topic", "transaction.state.log", "share.coordinator.state.topic"}) {
            defaults.put(internal + ".replication.factor", "1");
            defaults.put(internal + ".num.partitions", "1");
        }
        defaults.put("transaction.state.log.min.isr", "1");
        defaults.put("share.coordinator.state.topic.min.isr", "1");
        // The cleaner's default of 128 MiB suits a broker with a machine of its own.
        defaults.put("log.cleaner.dedupe.buffer.size", "4194304");
        return defaults;
    }

    private static void format(Path folder) {
        try {
            new Formatter()
                    .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                    .setClusterId(Uuid.randomUuid().toString())
                    .setNodeId(NODE_ID)
                    .setControllerListenerName(CONTROLLER)
                    .setMetadataLogDirectory(folder.toString())
                    .addDirectory(folder.toString())
                    .run();
        } catch (Exception e) {
            throw new IllegalStateException("Could not format the storage of Kafka in " + folder, e);
        }
    }

    /** {@return the port on 127.0.0.1} */
    public int port() {
        return port;
    }

    /** {@return the value of {@code bootstrap.servers} for clients} */
    public String bootstrapServers() {
        return LoopbackPort.HOST + ":" + port;
    }

    /**
     * Stops the broker and removes its files, unless it was started in a folder of the caller's. Clients see a closed connection.
     * Closing again has no effect.
     */
    @Override
    public void close() {
        broker.shutdown();
        broker.awaitShutdown();
        cleanUp.run();
    }

    private static Path temporaryFolder() {
        try {
            return Files.createTempDirectory("outbox-kafka-");
        } catch (IOException e) {
            throw new UncheckedIOException("Could not create a folder for the files of Kafka", e);
        }
    }

    private static void delete(Path folder) {
        try {
            Utils.delete(folder.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException("Could not remove the files of Kafka in " + folder, e);
        }
    }
}
