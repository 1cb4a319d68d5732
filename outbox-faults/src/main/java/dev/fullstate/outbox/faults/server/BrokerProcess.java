package dev.fullstate.outbox.faults.server;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

import dev.fullstate.outbox.test.KafkaServer;

/** The broker's JVM; ends with its standard input, which the harness holds. */
final class BrokerProcess {

    private BrokerProcess() {}

    /**
     * Runs a broker.
     *
     * @param arguments the folder of the files, the port for the harness, and entries of {@code server.properties} as {@code key=value}
     */
    public static void main(String[] arguments) throws IOException {
        Map<String, String> settings = new HashMap<>();
        for (int i = 2; i < arguments.length; i++) {
            int separator = arguments[i].indexOf('=');
            settings.put(arguments[i].substring(0, separator), arguments[i].substring(separator + 1));
        }
        KafkaServer broker = KafkaServer.startIn(Path.of(arguments[0]), Integer.parseInt(arguments[1]), settings);
        while (System.in.read() >= 0) {
            // Nothing is expected but the end.
        }
        broker.close();
    }
}
