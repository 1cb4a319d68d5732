package dev.fullstate.outbox.relay;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

import org.springframework.util.unit.DataSize;

import dev.fullstate.outbox.contract.OutboxNames;
import dev.fullstate.outbox.harness.server.SharedServers;
import dev.fullstate.outbox.relay.RelayStatus.Problem;
import dev.fullstate.outbox.relay.kafka.KafkaSettings;
import dev.fullstate.outbox.relay.position.Progress;
import dev.fullstate.outbox.relay.publish.PreparedPublisher;
import dev.fullstate.outbox.relay.publish.Publisher;
import dev.fullstate.outbox.relay.publish.PublisherSettings;
import dev.fullstate.outbox.relay.publish.PublisherSettings.AddedPartitions;
import dev.fullstate.outbox.relay.publish.PublisherSettings.Delivery;
import dev.fullstate.outbox.relay.publish.PublisherSettings.NewTopics;
import dev.fullstate.outbox.relay.route.Router;
import dev.fullstate.outbox.relay.wal.Source;
import dev.fullstate.outbox.relay.wal.WalSettings;
import dev.fullstate.outbox.relay.wal.WalSource;
import dev.fullstate.outbox.test.KafkaServer;
import dev.fullstate.outbox.test.PublishedEvents;

/**
 * Runs a relay without its thread: the test takes the steps, and owns the time, which stands still unless moved. While it stands still, the
 * relay confirms nothing.
 */
final class SteppedRelay implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final AtomicLong nanos = new AtomicLong();
    private final Relay relay;

    private SteppedRelay(
            WalSettings wal,
            PublisherSettings publishing,
            Router router,
            PoisonPolicy poison,
            AfterLoss afterLoss,
            UnaryOperator<Publisher> publishers) {
        relay = new Relay(
                settings(wal.slotName(), publishing.kafka().maxInFlight(), poison, afterLoss),
                WalSource.of(wal),
                router,
                pipeline -> new AdaptedPublisher(PreparedPublisher.prepare(publishing, pipeline), publishers),
                nanos::get);
    }

    /** Makes a relay that runs on a thread of its own once it is started. */
    static Relay running(
            PoisonPolicy poison, OutboxDatabase database, Delivery delivery, Map<String, Object> producer) {
        PublisherSettings publishing = publishing(database, delivery, producer);
        return new Relay(
                settings(database.name(), publishing.kafka().maxInFlight(), poison, AfterLoss.REPORT),
                WalSource.of(wal(database)),
                new Router(topic(database, Router.AGGREGATE_TYPE), Map.of()),
                pipeline -> PreparedPublisher.prepare(publishing, pipeline));
    }

    static SteppedRelay of(OutboxDatabase database) {
        return of(database, Map.of());
    }

    static SteppedRelay of(OutboxDatabase database, Map<String, Object> producer) {
        return of(database, producer, wal -> wal);
    }

    static SteppedRelay of(OutboxDatabase database, Map<String, Object> producer, UnaryOperator<WalSettings> adapt) {
        return of(database, Delivery.EXACTLY_ONCE, producer, adapt, AfterLoss.REPORT, publisher -> publisher);
    }

    /** Changes the settings to a role that {@link OutboxDatabase#createRelayRole} or a test has made. */
    static WalSettings as(String role, WalSettings wal) {
        return ChangedSettings.of(wal).role(role, "secret").settings();
    }

    /** Makes a relay that reads rows in one place or another. */
    static SteppedRelay reading(Source source, OutboxDatabase database) {
        return reading(source, Delivery.EXACTLY_ONCE, database);
    }

    static SteppedRelay reading(Source source, Delivery delivery, OutboxDatabase database) {
        return of(database, delivery, Map.of(), wal -> wal.reading(source), AfterLoss.REPORT, publisher -> publisher);
    }

    /** Makes a relay whose publisher the test changes. */
    static SteppedRelay publishingBy(UnaryOperator<Publisher> publishers, OutboxDatabase database) {
        return publishingBy(publishers, Delivery.EXACTLY_ONCE, database);
    }

    /** Makes a relay whose publisher the test changes. */
    static SteppedRelay publishingBy(UnaryOperator<Publisher> publishers, Delivery delivery, OutboxDatabase database) {
        return of(database, delivery, Map.of(), wal -> wal, AfterLoss.REPORT, publishers);
    }

    static SteppedRelay of(Delivery delivery, OutboxDatabase database) {
        return of(database, delivery, Map.of(), wal -> wal, AfterLoss.REPORT, publisher -> publisher);
    }

    /** Makes a relay that publishes to a broker of the test's own. */
    static SteppedRelay of(Source source, Delivery delivery, OutboxDatabase database, KafkaServer kafka) {
        Map<String, Object> server = Map.of("bootstrap.servers", kafka.bootstrapServers());
        return of(database, delivery, server, wal -> wal.reading(source), AfterLoss.REPORT, publisher -> publisher);
    }

    /** Makes a relay that publishes to a broker of the test's own, with topics of their own for some types. */
    static SteppedRelay routing(Map<String, String> topics, Source source, OutboxDatabase database, KafkaServer kafka) {
        return new SteppedRelay(
                wal(database).reading(source),
                publishing(database, Delivery.EXACTLY_ONCE, Map.of("bootstrap.servers", kafka.bootstrapServers())),
                new Router(topic(database, Router.AGGREGATE_TYPE), topics),
                PoisonPolicy.all(Poison.PARK),
                AfterLoss.REPORT,
                publisher -> publisher);
    }

    static SteppedRelay atLeastOnce(OutboxDatabase database) {
        return of(Delivery.AT_LEAST_ONCE, database);
    }

    /** Makes a relay that has lost events republished at once. */
    static SteppedRelay republishing(OutboxDatabase database) {
        return of(database, Delivery.EXACTLY_ONCE, Map.of(), wal -> wal, AfterLoss.REPUBLISH, publisher -> publisher);
    }

    /** Makes a relay after its first start whose producer keeps its records back; the commit of a transaction would flush them. */
    static SteppedRelay keepingEventsBack(OutboxDatabase database) {
        try (SteppedRelay first = atLeastOnce(database)) {
            first.stepUntil(RelayState.STREAMING);
        }
        return of(
                database,
                Delivery.AT_LEAST_ONCE,
                Map.of("linger.ms", 100_000),
                wal -> wal,
                AfterLoss.REPORT,
                SteppedRelay::asIfItHadSentBefore);
    }

    /** Keeps the publisher from waiting for the first record of a partition, which would stop the relay from reading. */
    private static Publisher asIfItHadSentBefore(Publisher target) {
        return new ForwardingPublisher(target) {

            @Override
            public boolean isReady() {
                return true;
            }
        };
    }

    private static SteppedRelay of(
            OutboxDatabase database,
            Delivery delivery,
            Map<String, Object> producer,
            UnaryOperator<WalSettings> adapt,
            AfterLoss afterLoss,
            UnaryOperator<Publisher> publishers) {
        return of(database, delivery, producer, adapt, PoisonPolicy.all(Poison.STOP), afterLoss, publishers);
    }

    /** Makes a relay that parks aggregates. */
    static SteppedRelay parking(OutboxDatabase database, UnaryOperator<WalSettings> adapt) {
        PoisonPolicy park = PoisonPolicy.all(Poison.PARK);
        return of(database, Delivery.EXACTLY_ONCE, Map.of(), adapt, park, AfterLoss.REPORT, publisher -> publisher);
    }

    /** Makes a relay that treats events in some way that cannot be published. */
    static SteppedRelay treating(
            PoisonPolicy poison, OutboxDatabase database, Delivery delivery, Map<String, Object> producer) {
        return treating(poison, database, delivery, producer, wal -> wal);
    }

    static SteppedRelay treating(
            PoisonPolicy poison,
            OutboxDatabase database,
            Delivery delivery,
            Map<String, Object> producer,
            UnaryOperator<WalSettings> adapt) {
        return of(database, delivery, producer, adapt, poison, AfterLoss.REPORT, publisher -> publisher);
    }

    private static SteppedRelay of(
            OutboxDatabase database,
            Delivery delivery,
            Map<String, Object> producer,
            UnaryOperator<WalSettings> adapt,
            PoisonPolicy poison,
            AfterLoss afterLoss,
            UnaryOperator<Publisher> publishers) {
        return new SteppedRelay(
                adapt.apply(wal(database)),
                publishing(database, delivery, producer),
                new Router(topic(database, Router.AGGREGATE_TYPE), Map.of()),
                poison,
                afterLoss,
                publishers);
    }

    static PublisherSettings publishing(OutboxDatabase database, Delivery delivery, Map<String, Object> producer) {
        Map<String, Object> properties =
                new HashMap<>(Map.of("bootstrap.servers", SharedServers.kafka().bootstrapServers()));
        properties.putAll(producer);
        return new PublisherSettings(
                new KafkaSettings(
                        "relay-" + database.name(),
                        properties,
                        DataSize.ofMegabytes(1),
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(10)),
                delivery,
                "positions",
                deadLetters(database),
                Duration.ofMillis(50),
                new NewTopics(true, null, null, AddedPartitions.IGNORE));
    }

    static WalSettings wal(OutboxDatabase database) {
        return new WalSettings(
                database.url(),
                database.server().username(),
                database.server().password(),
                OutboxNames.DEFAULT.publication(),
                database.name(),
                Duration.ofSeconds(30),
                Duration.ofMinutes(1),
                Duration.ofMinutes(1),
                Duration.ofMinutes(1));
    }

    /** Returns the topic of dead letters. */
    static String deadLetters(OutboxDatabase database) {
        return database.name() + ".dead";
    }

    /** Returns the topic of a type's events. */
    static String topic(OutboxDatabase database, String type) {
        return database.name() + "." + type;
    }

    private static RelaySettings settings(
            String slotName, DataSize maxInFlight, PoisonPolicy poison, AfterLoss afterLoss) {
        return new RelaySettings(
                slotName,
                maxInFlight,
                Duration.ofMillis(1),
                Duration.ofMillis(100),
                Duration.ofSeconds(1),
                Duration.ofMillis(100),
                Duration.ofSeconds(3),
                Duration.ofSeconds(5),
                poison,
                afterLoss);
    }

    RelayState state() {
        return relay.status().state();
    }

    RelayStatus status() {
        return relay.status();
    }

    RelayStatistics statistics() {
        return relay.statistics();
    }

    Progress progress() {
        return Objects.requireNonNull(relay.status().progress());
    }

    Problem problem() {
        return Objects.requireNonNull(relay.status().problem());
    }

    void step() {
        relay.step();
    }

    /** Steps until the condition holds. */
    void stepUntil(Callable<Boolean> condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try {
            while (!condition.call()) {
                if (System.nanoTime() - deadline > 0) {
                    throw new AssertionError(
                            "The condition does not hold within " + PATIENCE + "; the relay is " + relay.status());
                }
                relay.step();
            }
        } catch (AssertionError e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError("The condition failed", e);
        }
    }

    void stepUntil(RelayState state) {
        stepUntil(() -> state() == state);
    }

    /** Steps until the topic holds that many events. */
    void stepUntil(PublishedEvents topic, int count) {
        stepUntil(() -> topic.all().size() >= count);
    }

    /** Lets the time pass after which the relay confirms its progress, until it has. */
    void confirm() {
        moveTime(Duration.ofMillis(200));
        step();
    }

    void moveTime(Duration duration) {
        nanos.addAndGet(duration.toNanos());
    }

    /** Ends as a stopped relay does, which confirms what is in flight. */
    @Override
    public void close() {
        relay.end();
    }
}
