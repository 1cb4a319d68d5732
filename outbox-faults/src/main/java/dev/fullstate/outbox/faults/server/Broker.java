package dev.fullstate.outbox.faults.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.faults.network.Link;
import dev.fullstate.outbox.harness.process.ChildJvm;
import dev.fullstate.outbox.harness.server.BrokerProcess;
import dev.fullstate.outbox.harness.server.Ports;

/**
 * A broker in a JVM of its own that can be killed and comes back with its data. It has an address for the harness, and another for the
 * relay: that of a {@link Link}, which it advertises.
 */
public final class Broker implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Path folder;
    private final int port = Ports.free();
    private final int relayPort = Ports.free();
    private final int controllerPort = Ports.free();
    private final Link link = Link.to("kafka", relayPort);
    /** Null before the first start. */
    private @Nullable ChildJvm jvm;

    private Broker(Path folder) {
        this.folder = folder;
    }

    /** Starts a broker without data; returns when it serves clients. */
    public static Broker start() {
        try {
            Broker broker = new Broker(Files.createTempDirectory("outbox-faults-kafka-"));
            broker.restart();
            return broker;
        } catch (IOException e) {
            throw new UncheckedIOException("Could not create a folder for the files of Kafka", e);
        }
    }

    /** {@return the address for clients of the harness} */
    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    /** {@return the address for the relay} */
    public String bootstrapServersOfRelay() {
        return "127.0.0.1:" + link.port();
    }

    /** {@return the link between the relay and the broker} */
    public Link link() {
        return link;
    }

    /** Ends all disturbances: heals the link, and starts a broker that was killed. */
    public void heal() {
        link.heal();
        if (jvm == null || !jvm.isAlive()) {
            restart();
        }
    }

    /** Kills the broker by SIGKILL. */
    public void kill() {
        if (jvm != null) {
            jvm.kill();
        }
    }

    /** Starts the broker again with its data; returns when it serves clients. */
    public void restart() {
        ChildJvm started = ChildJvm.start(
                "broker",
                List.of("-Xmx384m"),
                BrokerProcess.class,
                Stream.concat(Stream.of(folder.toString(), Integer.toString(port)), settings())
                        .toList());
        jvm = started;
        awaitService(started);
    }

    private Stream<String> settings() {
        String host = "127.0.0.1";
        return Stream.of(
                "listeners=PLAINTEXT://%1$s:%2$d,RELAY://%1$s:%3$d,CONTROLLER://%1$s:%4$d"
                        .formatted(host, port, relayPort, controllerPort),
                "advertised.listeners=PLAINTEXT://%1$s:%2$d,RELAY://%1$s:%3$d".formatted(host, port, link.port()),
                "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,RELAY:PLAINTEXT,CONTROLLER:PLAINTEXT",
                "controller.quorum.voters=1@%s:%d".formatted(host, controllerPort),
                // A killed broker may come back only when its controller has given it up.
                "broker.session.timeout.ms=1000",
                "broker.heartbeat.interval.ms=200",
                "transaction.abort.timed.out.transaction.cleanup.interval.ms=500");
    }

    private void awaitService(ChildJvm started) {
        int millis = (int) PATIENCE.toMillis();
        try (Admin admin = Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers(),
                AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG,
                100))) {
            admin.describeCluster(new DescribeClusterOptions().timeoutMs(millis))
                    .nodes()
                    .get(millis, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("The broker did not start. " + started.endOfLog(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for the broker", e);
        }
    }

    @Override
    public void close() {
        kill();
        link.close();
        try {
            Utils.delete(folder.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException("Could not remove the files of Kafka in " + folder, e);
        }
    }
}
