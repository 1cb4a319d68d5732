package dev.fullstate.outbox.faults;

import java.sql.SQLException;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.fullstate.outbox.faults.load.Mix;
import dev.fullstate.outbox.faults.server.Database;

import static org.assertj.core.api.Assertions.assertThat;

/** Inflicts all kinds of faults on servers, relays and databases, in any order, under load. */
class RandomFaultsIT {

    private static final Logger log = LoggerFactory.getLogger(RandomFaultsIT.class);
    private static final Set<FaultKind> ALL = EnumSet.allOf(FaultKind.class);

    /** Seeds with which each kind of fault and both deliveries occur in at least one run. */
    private static final long[] SEEDS = {2, 284_362};

    private static final long TABLE_SEED = 35;
    private static final Map<String, String> FROM_TABLE = Map.of("outbox.relay.source", "table");

    private static final int FAULTS = 14;
    private static final int LONG_COUNT_OF_EACH = Integer.getInteger("faults.count", 5);

    private static final RandomRun.Load SHORT = new RandomRun.Load(300, 0.3);
    private static final RandomRun.Load LONG = new RandomRun.Load(600, 1);

    /** With this, transactions of thousands of rows are large. */
    private static final Map<String, String> SETTINGS = Map.of("logical_decoding_work_mem", "64kB");

    /** These are short, so that a run has more faults than waiting. */
    static final Map<String, String> IMPATIENT = Map.of(
            "outbox.relay.query-timeout", "3s",
            "outbox.relay.connect-timeout", "2s",
            "outbox.relay.wal-sender-timeout", "3s",
            "outbox.relay.kafka-timeout", "1s",
            "spring.kafka.properties.request.timeout.ms", "5000",
            "outbox.relay.exactly-once.transaction-timeout", "5s",
            "outbox.relay.max-in-flight", "256KB");

    static LongStream seeds() {
        String chosen = System.getProperty("faults.seed", "");
        return chosen.isEmpty() ? LongStream.of(SEEDS) : LongStream.of(Long.parseLong(chosen));
    }

    static FaultPlan plan(long seed) {
        return FaultPlan.some(seed, ALL, FAULTS).withOneBroker();
    }

    @Test
    void eachKindOccursInOneOfTheRuns() {
        Set<FaultKind> kinds = EnumSet.noneOf(FaultKind.class);
        Set<Delivery> deliveries = EnumSet.noneOf(Delivery.class);
        LongStream.of(SEEDS).mapToObj(RandomFaultsIT::plan).forEach(plan -> {
            plan.faults().forEach(fault -> kinds.add(fault.kind()));
            deliveries.add(plan.delivery());
        });
        assertThat(kinds).isEqualTo(ALL);
        assertThat(deliveries).containsExactlyInAnyOrder(Delivery.values());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void consumersEndUpWithWhatTheDatabaseHasWhateverHappens(long seed) throws SQLException {
        run(plan(seed), SHORT, Map.of());
    }

    /** What strikes a relay that reads the table as well as one that reads the stream. */
    private static final Set<FaultKind> OF_THE_TABLE = EnumSet.complementOf(EnumSet.of(
            FaultKind.HALT_AT_POINT,
            FaultKind.THROW_AT_POINT,
            FaultKind.FAIL_WHILE_FILLING,
            FaultKind.TERMINATE_WAL_SENDER,
            FaultKind.DROP_SLOT,
            FaultKind.RECREATE_SLOT,
            FaultKind.ADVANCE_SLOT));

    @Test
    void soTheyDoWhereTheTableIsTheSource() throws SQLException {
        run(FaultPlan.some(TABLE_SEED, OF_THE_TABLE, FAULTS).withOneBroker(), SHORT, FROM_TABLE);
    }

    @Test
    @Tag("long")
    void soTheyDoForLongWhereTheTableIsTheSource() throws SQLException {
        run(FaultPlan.of(FaultPlan.chosenSeed(), OF_THE_TABLE, LONG_COUNT_OF_EACH), LONG, FROM_TABLE);
    }

    @Test
    @Tag("long")
    void consumersEndUpWithWhatTheDatabaseHasWhateverHappensForLong() throws SQLException {
        run(FaultPlan.of(FaultPlan.chosenSeed(), ALL, LONG_COUNT_OF_EACH), LONG, Map.of());
    }

    private static void run(FaultPlan plan, RandomRun.Load load, Map<String, String> settings) throws SQLException {
        log.info("{}", plan);
        try (Brokers brokers = Brokers.start(plan.brokerCount());
                Scenario scenario = scenario(plan, brokers, settings);
                RandomRun run = new RandomRun(scenario, brokers, plan.relayCount(), load)) {
            // Some faults need a topic.
            scenario.workload.commit(100);
            scenario.awaitAllPublished();
            run.run(plan);
            run.end();
            scenario.assertKept(plan.delivery());
            log.info(
                    "{} events in the database, {} published, {} faults: {}",
                    scenario.committed.count(),
                    scenario.published.distinctCount(),
                    plan.faults().size(),
                    run.counts());
        }
    }

    private static Scenario scenario(FaultPlan plan, Brokers brokers, Map<String, String> settings)
            throws SQLException {
        Map<String, String> properties = new HashMap<>(IMPATIENT);
        properties.putAll(settings);
        properties.put(Delivery.PROPERTY, plan.delivery().value());
        properties.putAll(brokers.properties());
        return Scenario.on(Database.archiving(SETTINGS), Mix.WITH_LARGE, plan.seed(), properties);
    }
}
