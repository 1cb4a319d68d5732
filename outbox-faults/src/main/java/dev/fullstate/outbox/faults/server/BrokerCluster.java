package dev.fullstate.outbox.faults.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.harness.process.ChildJvm;
import dev.fullstate.outbox.harness.server.BrokerProcess;
import dev.fullstate.outbox.harness.server.Ports;

/**
 * Three brokers, each with a controller, in JVMs of their own that can be killed and come back with their data. Every topic is on all of
 * them, and two have to have a record before it counts as written. Clients reach them without a link.
 */
public final class BrokerCluster implements AutoCloseable {

    /** Their ids are the numbers from 1 on. */
    public static final int SIZE = 3;

    private static final String HOST = "127.0.0.1";
    private static final long PATIENCE_NANOS = Duration.ofMinutes(2).toNanos();

    private final String clusterId = Uuid.randomUuid().toString();
    private final List<Node> nodes;

    private static final class Node {

        private final int id;
        private final Path folder;
        private final int port = Ports.free();
        private final int controllerPort = Ports.free();
        /** Null before the first start. */
        private @Nullable ChildJvm jvm;

        private Node(int id) {
            this.id = id;
            try {
                this.folder = Files.createTempDirectory("outbox-faults-kafka-" + id + "-");
            } catch (IOException e) {
                throw new UncheckedIOException("Could not create a folder for the files of Kafka", e);
            }
        }
    }

    private BrokerCluster() {
        this.nodes = IntStream.rangeClosed(1, SIZE).mapToObj(Node::new).toList();
    }

    /** Starts three brokers without data; returns when all serve clients. */
    public static BrokerCluster start() {
        BrokerCluster cluster = new BrokerCluster();
        cluster.nodes.forEach(cluster::launch);
        cluster.awaitAll();
        return cluster;
    }

    /** {@return the addresses for all clients} */
    public String bootstrapServers() {
        return nodes.stream().map(node -> HOST + ":" + node.port).collect(Collectors.joining(","));
    }

    /** {@return the broker that leads the first partition of a topic} */
    public int leaderOf(String topic) {
        return ask(admin -> Objects.requireNonNull(admin.describeTopics(List.of(topic))
                        .allTopicNames()
                        .get()
                        .get(topic))
                .partitions()
                .get(0)
                .leader()
                .id());
    }

    /** {@return the broker that coordinates the transactions of a producer} */
    public int coordinatorOf(String transactionalId) {
        return ask(admin -> admin.describeTransactions(Set.of(transactionalId))
                .description(transactionalId)
                .get()
                .coordinatorId());
    }

    /** Kills a broker by SIGKILL; the two others take over its partitions. */
    public void kill(int id) {
        ChildJvm running = nodes.get(id - 1).jvm;
        if (running != null) {
            running.kill();
        }
    }

    /** Starts a broker again with its data; returns when it has caught up with the others. */
    public void restart(int id) {
        launch(nodes.get(id - 1));
        awaitAll();
    }

    private void launch(Node node) {
        List<String> arguments = new ArrayList<>(List.of(node.folder.toString(), Integer.toString(node.port)));
        settings(node).forEach(arguments::add);
        node.jvm = ChildJvm.start("broker-" + node.id, List.of("-Xmx256m"), BrokerProcess.class, arguments);
    }

    private Stream<String> settings(Node node) {
        String voters = nodes.stream()
                .map(each -> each.id + "@" + HOST + ":" + each.controllerPort)
                .collect(Collectors.joining(","));
        return Stream.of(
                BrokerProcess.CLUSTER_ID + "=" + clusterId,
                "node.id=" + node.id,
                "listeners=PLAINTEXT://%1$s:%2$d,CONTROLLER://%1$s:%3$d"
                        .formatted(HOST, node.port, node.controllerPort),
                "controller.quorum.voters=" + voters,
                "default.replication.factor=" + SIZE,
                "min.insync.replicas=2",
                "offsets.topic.replication.factor=" + SIZE,
                "transaction.state.log.replication.factor=" + SIZE,
                "transaction.state.log.min.isr=2",
                "broker.session.timeout.ms=2000",
                "broker.heartbeat.interval.ms=300",
                "transaction.abort.timed.out.transaction.cleanup.interval.ms=500");
    }

    /** Waits until each broker is there, and each replica in sync. */
    private void awaitAll() {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!ask(BrokerCluster::isWhole)) {
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("The brokers did not form a cluster. "
                        + nodes.stream()
                                .map(node -> node.jvm == null ? "" : node.jvm.endOfLog())
                                .collect(Collectors.joining()));
            }
        }
    }

    private static boolean isWhole(Admin admin) throws ExecutionException, InterruptedException {
        return admin.describeCluster().nodes().get().size() == SIZE
                && admin.describeTopics(admin.listTopics().names().get()).allTopicNames().get().values().stream()
                        .flatMap(topic -> topic.partitions().stream())
                        .allMatch(partition ->
                                partition.isr().size() == partition.replicas().size());
    }

    /** Sends a request to the cluster, and waits for the answer. */
    private interface Question<T> {

        T answer(Admin admin) throws ExecutionException, InterruptedException;
    }

    private <T> T ask(Question<T> question) {
        try (Admin admin = Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers(),
                AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG,
                100))) {
            return question.answer(admin);
        } catch (ExecutionException e) {
            throw new IllegalStateException("The cluster did not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for the cluster", e);
        }
    }

    @Override
    public void close() {
        nodes.forEach(node -> kill(node.id));
        for (Node node : nodes) {
            try {
                Utils.delete(node.folder.toFile());
            } catch (IOException e) {
                throw new UncheckedIOException("Could not remove the files of Kafka in " + node.folder, e);
            }
        }
    }
}
