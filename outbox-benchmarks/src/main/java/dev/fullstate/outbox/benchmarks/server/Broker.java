package dev.fullstate.outbox.benchmarks.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

import dev.fullstate.outbox.harness.process.ChildJvm;
import dev.fullstate.outbox.harness.process.ProcessUsage;
import dev.fullstate.outbox.harness.server.BrokerProcess;

/** A real broker in a JVM of its own, and the requests of the benchmark to it. */
public final class Broker implements AutoCloseable {

    /** The heap that Kafka's own scripts set. */
    private static final String HEAP = "-Xmx1g";

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final ChildJvm jvm;
    private final String bootstrapServers;
    private final Admin admin;

    private Broker(ChildJvm jvm, String bootstrapServers, Admin admin) {
        this.jvm = jvm;
        this.bootstrapServers = bootstrapServers;
        this.admin = admin;
    }

    /** Starts a broker; returns when it serves clients. */
    public static Broker start(Path folder) {
        int port = freePort();
        ChildJvm jvm = ChildJvm.start(
                "broker",
                folder,
                List.of(
                        HEAP,
                        "-cp",
                        System.getProperty("java.class.path"),
                        BrokerProcess.class.getName(),
                        "",
                        Integer.toString(port)),
                PATIENCE);
        String bootstrapServers = "127.0.0.1:" + port;
        Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers));
        Broker broker = new Broker(jvm, bootstrapServers, admin);
        try {
            answer(admin.describeCluster(new DescribeClusterOptions().timeoutMs((int) PATIENCE.toMillis()))
                    .nodes());
            return broker;
        } catch (RuntimeException e) {
            broker.close();
            throw new IllegalStateException("The broker did not start:\n" + jvm.endOfLog(), e);
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException("No port is free for the broker", e);
        }
    }

    public String bootstrapServers() {
        return bootstrapServers;
    }

    public ProcessUsage usage() {
        return jvm.usage();
    }

    /**
     * Creates a topic whose records carry the broker's own time of appending, in milliseconds.
     *
     * @return its partitions
     */
    public List<TopicPartition> createTopic(String topic, int partitions) {
        NewTopic description = new NewTopic(topic, partitions, (short) 1)
                .configs(Map.of(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime"));
        answer(admin.createTopics(Set.of(description)).all());
        List<TopicPartition> created = IntStream.range(0, partitions)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
        awaitServed(created);
        return created;
    }

    /** Waits until the broker serves the partitions, which is after the controller's answer. */
    private void awaitServed(List<TopicPartition> partitions) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                appended(partitions);
                return;
            } catch (IllegalStateException e) {
                if (!(e.getCause() instanceof ExecutionException failure)
                        || !(failure.getCause() instanceof UnknownTopicOrPartitionException)
                        || System.nanoTime() > deadline) {
                    throw e;
                }
                LockSupport.parkNanos(LOOK_NANOS);
            }
        }
    }

    /** Removes a topic and, soon after, its files. */
    public void deleteTopic(String topic) {
        answer(admin.deleteTopics(Set.of(topic)).all());
    }

    /** {@return the sum of the partitions' end offsets: records, and the markers of Kafka transactions} */
    public long appended(List<TopicPartition> partitions) {
        Map<TopicPartition, OffsetSpec> latest =
                partitions.stream().collect(Collectors.toMap(Function.identity(), partition -> OffsetSpec.latest()));
        return answer(admin.listOffsets(latest).all()).values().stream()
                .mapToLong(ListOffsetsResultInfo::offset)
                .sum();
    }

    private static <T> T answer(KafkaFuture<T> future) {
        try {
            return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("The broker did not do as asked: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for the broker", e);
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
        try {
            jvm.input().close();
            jvm.awaitEnd(PATIENCE);
        } catch (IOException e) {
            throw new IllegalStateException("Could not ask the broker to end", e);
        } finally {
            jvm.close();
        }
    }
}
