package dev.fullstate.outbox.relay;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;

import dev.fullstate.outbox.relay.Simulation.Happening;
import dev.fullstate.outbox.relay.kafka.Search;
import dev.fullstate.outbox.relay.position.Numbers;
import dev.fullstate.outbox.relay.position.ResumePoint;
import dev.fullstate.outbox.relay.publish.Publisher;
import dev.fullstate.outbox.relay.publish.PublisherSettings.Delivery;
import dev.fullstate.outbox.relay.route.RoutedEvent;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs the loop under very many schedules of writers, failures and deaths. A failing seed is run again with {@code -Dsimulation.seed=...};
 * {@code -Dsimulation.schedules=...} sets how many there are.
 */
class SimulationTest {

    private static final Logger log = LoggerFactory.getLogger(SimulationTest.class);
    private static final int SCHEDULES = Integer.getInteger("simulation.schedules", 100_000);
    private static final int MUTANT_SCHEDULES = 2_000;
    private static final int STEPS = 120;
    private static final Map<Happening, LongAdder> HAPPENED =
            Stream.of(Happening.values()).collect(toMap(happening -> happening, happening -> new LongAdder()));

    @BeforeAll
    static void quiet() {
        log(LogLevel.OFF);
    }

    /** A schedule in which nothing happens proves nothing. */
    @AfterAll
    static void everythingHasHappened() {
        log(LogLevel.INFO);
        log.info("Simulated: {}", HAPPENED);
        for (Happening happening : Happening.values()) {
            assertThat(HAPPENED.get(happening).sum()).as("%s", happening).isGreaterThan(MUTANT_SCHEDULES);
        }
    }

    private static void log(LogLevel level) {
        LoggingSystem.get(SimulationTest.class.getClassLoader())
                .setLogLevel(SimulationTest.class.getPackageName(), level);
    }

    @ParameterizedTest
    @EnumSource(Delivery.class)
    void eventsArriveAsCommittedWhateverHappensBetweenTwoSteps(Delivery delivery) {
        Long seed = Long.getLong("simulation.seed");
        LongStream seeds = seed != null ? LongStream.of(seed) : LongStream.range(0, SCHEDULES / 2);
        assertThat(failures(delivery, seeds, UnaryOperator.identity())).isEmpty();
    }

    @Test
    void withoutThePositionAndTheSearchEventsAreRepeated() {
        assertIsFound(Delivery.EXACTLY_ONCE, target -> new ForwardingPublisher(target) {

            private boolean resumed;

            @Override
            public Search search(Set<String> topics, Instant since) {
                return super.search(Set.of(), since);
            }

            @Override
            public @Nullable ResumePoint resumePoint() {
                return resumed ? super.resumePoint() : null;
            }

            @Override
            public void commitIfDue(ResumePoint upTo, boolean drained) {
                resumed = true;
                super.commitIfDue(upTo, drained);
            }
        });
    }

    @Test
    void withoutTheSearchEventsAreRepeatedAfterAGap() {
        assertIsFound(Delivery.EXACTLY_ONCE, target -> new ForwardingPublisher(target) {

            @Override
            public Search search(Set<String> topics, Instant since) {
                return super.search(Set.of(), since);
            }
        });
    }

    @Test
    void withoutTheNumbersInThePositionARestoredDatabaseGoesUnnoticed() {
        assertIsFound(Delivery.EXACTLY_ONCE, target -> new ForwardingPublisher(target) {

            @Override
            public @Nullable ResumePoint resumePoint() {
                ResumePoint point = super.resumePoint();
                return point == null
                        ? null
                        : new ResumePoint(point.through(), point.within(), point.fill(), point.origin(), Numbers.NONE);
            }
        });
    }

    @Test
    void withoutTheFillInThePositionRowsAreLost() {
        assertIsFound(Delivery.EXACTLY_ONCE, target -> new ForwardingPublisher(target) {

            @Override
            public void commitIfDue(ResumePoint upTo, boolean drained) {
                super.commitIfDue(
                        new ResumePoint(upTo.through(), upTo.within(), upTo.origin(), upTo.numbers()), drained);
            }
        });
    }

    @Test
    void withoutThePositionInsideATransactionEventsAreRepeated() {
        assertIsFound(Delivery.EXACTLY_ONCE, target -> new ForwardingPublisher(target) {

            @Override
            public void commitIfDue(ResumePoint upTo, boolean drained) {
                super.commitIfDue(
                        new ResumePoint(upTo.through(), null, upTo.fill(), upTo.origin(), upTo.numbers()), drained);
            }
        });
    }

    @Test
    void withAcknowledgementsOutOfOrderEventsAreLost() {
        assertIsFound(Delivery.AT_LEAST_ONCE, target -> new ForwardingPublisher(target) {

            private final List<Runnable> unacknowledged = new ArrayList<>();

            @Override
            public void publish(RoutedEvent event, Runnable published) {
                unacknowledged.add(published);
                // Takes Kafka's acknowledgement of one event for one of all that were sent so far.
                super.publish(event, () -> {
                    unacknowledged.forEach(Runnable::run);
                    unacknowledged.clear();
                });
            }
        });
    }

    @Test
    void withoutAwaitingTheFirstRecordOfAPartitionOrderAndEventsAreLost() {
        assertIsFound(Delivery.AT_LEAST_ONCE, target -> new ForwardingPublisher(target) {

            @Override
            public boolean isReady() {
                return true;
            }
        });
    }

    @ParameterizedTest
    @EnumSource(Delivery.class)
    void simulationFindsConfirmationsBeyondThePosition(Delivery delivery) {
        assertIsFound(delivery, target -> new ForwardingPublisher(target) {

            private @Nullable ResumePoint sent;

            @Override
            public @Nullable ResumePoint resumePoint() {
                return sent == null ? super.resumePoint() : sent;
            }

            @Override
            public void commitIfDue(ResumePoint upTo, boolean drained) {
                sent = upTo;
                super.commitIfDue(upTo, drained);
            }
        });
    }

    @Test
    void endThatIsTooLowLeavesEventsOfTheJobBehindIt() {
        assertIsFound(Delivery.EXACTLY_ONCE, target -> new ForwardingPublisher(target) {

            @Override
            public CompletableFuture<Map<TopicPartition, Long>> ends(Set<String> topics) {
                return super.ends(topics).thenApply(ends -> {
                    Map<TopicPartition, Long> lower = new HashMap<>(ends);
                    lower.replaceAll((partition, offset) -> offset - 1);
                    return lower;
                });
            }
        });
    }

    private static void assertIsFound(Delivery delivery, UnaryOperator<Publisher> mutation) {
        assertThat(failures(delivery, LongStream.range(0, MUTANT_SCHEDULES), mutation))
                .isNotEmpty();
    }

    private static List<String> failures(Delivery delivery, LongStream seeds, UnaryOperator<Publisher> publishers) {
        return seeds.parallel()
                .mapToObj(seed -> failure(seed, delivery, publishers))
                .filter(failure -> failure != null)
                .limit(3)
                .toList();
    }

    private static @Nullable String failure(long seed, Delivery delivery, UnaryOperator<Publisher> publishers) {
        try {
            Simulation simulation = new Simulation(seed, delivery, publishers);
            simulation.run(STEPS);
            simulation
                    .happened()
                    .forEach((happening, count) -> HAPPENED.get(happening).add(count));
            return null;
        } catch (AssertionError e) {
            return "Seed " + seed + ": " + e.getMessage();
        }
    }
}
