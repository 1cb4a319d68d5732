package dev.fullstate.outbox.relay;

import java.time.Duration;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

import org.springframework.util.unit.DataSize;

import dev.fullstate.outbox.relay.kafka.KafkaSettings;
import dev.fullstate.outbox.relay.kafka.SimulatedKafka;
import dev.fullstate.outbox.relay.kafka.SimulatedProducers;
import dev.fullstate.outbox.relay.publish.Publisher;
import dev.fullstate.outbox.relay.publish.PublisherSettings;
import dev.fullstate.outbox.relay.publish.PublisherSettings.AddedPartitions;
import dev.fullstate.outbox.relay.publish.PublisherSettings.Delivery;
import dev.fullstate.outbox.relay.publish.PublisherSettings.NewTopics;
import dev.fullstate.outbox.relay.publish.SimulatedPreparation;
import dev.fullstate.outbox.relay.route.Router;
import dev.fullstate.outbox.relay.wal.SimulatedDatabase;
import dev.fullstate.outbox.relay.wal.SimulatedSource;

/** One process with the real loop, between a database and a broker in memory. */
final class SimulatedRelay {

    static final String TOPIC_PREFIX = "events.";
    static final String POSITION_TOPIC = "positions";

    /** About ten events. */
    private static final DataSize MAX_IN_FLIGHT = DataSize.ofBytes(6_000);

    private static final RelaySettings SETTINGS = new RelaySettings(
            "simulated",
            MAX_IN_FLIGHT,
            Duration.ofMillis(1),
            Duration.ofMillis(100),
            Duration.ofSeconds(1),
            Duration.ofMillis(100),
            Duration.ofMillis(300),
            Duration.ofNanos(300_000),
            PoisonPolicy.all(Poison.STOP),
            AfterLoss.REPORT);

    private final RandomGenerator random;
    private final SimulatedSource source;
    private final SimulatedProducers producers;
    private final Relay relay;
    private SimulatedCommits commits = new SimulatedCommits();

    SimulatedRelay(
            Delivery delivery,
            SimulatedDatabase database,
            SimulatedKafka kafka,
            RandomGenerator random,
            LongSupplier nanoTime,
            UnaryOperator<Publisher> publishers) {
        this.random = random;
        this.source = database.client();
        this.producers = kafka.client();
        PublisherSettings settings = settings(delivery);
        this.relay = new Relay(
                SETTINGS,
                source,
                new Router(TOPIC_PREFIX + Router.AGGREGATE_TYPE, Map.of()),
                pipeline -> {
                    commits = new SimulatedCommits();
                    return new AdaptedPublisher(
                            SimulatedPreparation.prepare(settings, pipeline, producers, commits, nanoTime), publishers);
                },
                nanoTime);
    }

    private static PublisherSettings settings(Delivery delivery) {
        return new PublisherSettings(
                new KafkaSettings("simulated", Map.of(), MAX_IN_FLIGHT, Duration.ofSeconds(5), Duration.ofSeconds(10)),
                delivery,
                POSITION_TOPIC,
                "dead-letters",
                Duration.ofMillis(50),
                new NewTopics(true, null, null, AddedPartitions.IGNORE));
    }

    void step() {
        relay.step();
        RelayStatus.Problem problem = relay.status().problem();
        if (problem != null && problem.remedy().startsWith("See the message")) {
            throw new AssertionError("The relay failed by itself: " + problem.message());
        }
    }

    /** Runs its other threads, or the network. */
    void runOthers() {
        switch (random.nextInt(3)) {
            case 0 -> commits.run();
            default -> producers.exchange();
        }
    }

    /** Lets records arrive at Kafka, and answers return. */
    void exchange() {
        producers.exchange();
    }

    /** Runs the commits that are asked for. */
    void commit() {
        commits.run();
    }

    RelayStatus status() {
        return relay.status();
    }

    void terminateSessions() {
        source.terminateSessions();
    }

    /** Stops it in an orderly way. */
    void stop() {
        relay.end();
    }

    /** Ends its process at once, perhaps with a commit under way. */
    void kill() {
        if (random.nextBoolean()) {
            commits.run();
        }
        commits.shutdownNow();
        producers.kill();
        source.terminateSessions();
    }
}
