package dev.fullstate.outbox.harness.server;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.metadata.storage.Formatter;

import dev.fullstate.outbox.test.KafkaServer;

/** A broker in a JVM of its own, which ends with its standard input. */
public final class BrokerProcess {

    /** The setting of a broker that is one of several. */
    public static final String CLUSTER_ID = "cluster.id";

    private BrokerProcess() {}

    /**
     * Runs a broker.
     *
     * @param arguments the folder of the files, or an empty text for one that is removed at the end; the port; and entries of
     *     {@code server.properties} as {@code key=value}
     */
    public static void main(String[] arguments) throws IOException {
        Map<String, String> settings = new HashMap<>();
        for (int i = 2; i < arguments.length; i++) {
            int separator = arguments[i].indexOf('=');
            settings.put(arguments[i].substring(0, separator), arguments[i].substring(separator + 1));
        }
        int port = Integer.parseInt(arguments[1]);
        KafkaServer broker = arguments[0].isEmpty()
                ? KafkaServer.start(port, settings)
                : startIn(Path.of(arguments[0]), port, settings);
        while (System.in.read() >= 0) {
            // The input has nothing but its end.
        }
        broker.close();
    }

    private static KafkaServer startIn(Path folder, int port, Map<String, String> settings) throws IOException {
        String clusterId = settings.remove(CLUSTER_ID);
        if (clusterId != null && Files.notExists(folder.resolve(MetaPropertiesEnsemble.META_PROPERTIES_NAME))) {
            format(folder, clusterId, Integer.parseInt(Objects.requireNonNull(settings.get("node.id"))));
        }
        return KafkaServer.startIn(folder, port, settings);
    }

    /** Formats the storage of a broker on its own, which is a cluster of its own. */
    private static void format(Path folder, String clusterId, int nodeId) throws IOException {
        try {
            new Formatter()
                    .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                    .setClusterId(clusterId)
                    .setNodeId(nodeId)
                    .setControllerListenerName("CONTROLLER")
                    .setMetadataLogDirectory(folder.toString())
                    .addDirectory(folder.toString())
                    .run();
        } catch (Exception e) {
            throw new IOException("Could not format the storage of Kafka in " + folder, e);
        }
    }
}
