package dev.fullstate.outbox.benchmarks.server;

import java.io.IOException;
import java.util.Map;

import dev.fullstate.outbox.test.KafkaServer;

/** The broker's JVM; ends with its standard input, which the benchmark holds. */
final class BrokerProcess {

    private BrokerProcess() {}

    public static void main(String[] arguments) throws IOException {
        int port = Integer.parseInt(arguments[0]);
        KafkaServer broker = KafkaServer.start(port, Map.of());
        while (System.in.read() >= 0) {
            // Nothing is expected but the end.
        }
        broker.close();
    }
}
