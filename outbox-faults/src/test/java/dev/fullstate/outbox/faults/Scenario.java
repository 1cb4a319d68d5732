package dev.fullstate.outbox.faults;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.faults.load.Mix;
import dev.fullstate.outbox.faults.load.Workload;
import dev.fullstate.outbox.faults.oracle.Committed;
import dev.fullstate.outbox.faults.oracle.Published;
import dev.fullstate.outbox.faults.oracle.Verdict;
import dev.fullstate.outbox.faults.point.Mutant;
import dev.fullstate.outbox.faults.relay.RelayProcess;
import dev.fullstate.outbox.faults.server.Database;
import dev.fullstate.outbox.faults.server.Outbox;
import dev.fullstate.outbox.faults.server.Patience;

import static org.assertj.core.api.Assertions.assertThat;

/** An outbox with writers, a relay, and the judge; at its end it heals all that a test has disturbed. */
final class Scenario implements AutoCloseable {

    static final int ENDLESS = 1_000_000_000;

    /** The property of a scenario that has brokers of its own. */
    static final String BROKERS = "spring.kafka.bootstrap-servers";

    static final Duration TIMEOUT = Duration.ofMinutes(2);

    private static final int MANY = 1_000;

    final Outbox outbox;
    final Workload workload;
    final Committed committed;
    final Published published;
    private final Map<String, String> properties;
    private final int aggregateCount;
    private String[] jvmOptions = {};
    private final List<RelayProcess> allStarted = new ArrayList<>();
    private @Nullable RelayProcess relay;

    private Scenario(Database database, Mix mix, long seed, Map<String, String> properties) throws SQLException {
        this.outbox = Outbox.create(database, mix.aggregateCount());
        this.workload = Workload.start(outbox, mix, seed);
        this.committed = new Committed(outbox);
        String brokers = properties.get(BROKERS);
        this.published = new Published(brokers == null ? Servers.BROKER.bootstrapServers() : brokers, outbox.topic());
        this.properties = new LinkedHashMap<>(properties);
        this.aggregateCount = mix.aggregateCount();
    }

    /** @param properties of the relay, in addition to the harness's own */
    static Scenario of(Mix mix, Map<String, String> properties) throws SQLException {
        return new Scenario(Servers.DATABASE, mix, 1, properties);
    }

    /**
     * Sets up a scenario with a database of its own, which it closes: its server may end, and another one take its place.
     *
     * @param seed of the writers' random choices
     * @param properties of the relay, in addition to the harness's own
     */
    static Scenario on(Database database, Mix mix, long seed, Map<String, String> properties) throws SQLException {
        return new Scenario(database, mix, seed, properties);
    }

    /** Breaks the relay in one place. */
    Scenario with(Mutant mutant) {
        return with("-Xmx128m", "-D" + Mutant.PROPERTY + "=" + mutant);
    }

    static Scenario exactlyOnce() throws SQLException {
        return of(Mix.ORDINARY, Map.of());
    }

    static Scenario atLeastOnce() throws SQLException {
        return of(Mix.ORDINARY, Map.of(Delivery.PROPERTY, Delivery.AT_LEAST_ONCE.value()));
    }

    Scenario with(String... options) {
        jvmOptions = options;
        return this;
    }

    /** Starts a relay in place of the one before, and waits until it streams. */
    RelayProcess startRelay() {
        RelayProcess started = launchRelay();
        awaitStreaming();
        return started;
    }

    /** Starts a relay in place of the one before. */
    RelayProcess launchRelay() {
        RelayProcess launched = prepareRelay();
        launched.control().start();
        return launched;
    }

    /** Starts the process of a relay in place of the one before; it waits to be told to start. */
    RelayProcess prepareRelay() {
        if (relay != null) {
            relay.close();
        }
        relay = anotherRelay();
        return relay;
    }

    /** Starts the process of a relay beside the one before; the caller closes it. */
    RelayProcess anotherRelay() {
        RelayProcess prepared = RelayProcess.prepare(outbox, Servers.BROKER, properties, jvmOptions);
        allStarted.add(prepared);
        return prepared;
    }

    /** Writes one more event of each aggregate. */
    void changeEachAggregate() throws SQLException {
        outbox.write(aggregateCount);
    }

    /** Makes another relay the scenario's. */
    void adopt(RelayProcess other) {
        relay = other;
    }

    Duration awaitStreaming() {
        return patience().until("a relay streams", outbox::isStreamed);
    }

    /**
     * Inflicts a fault while the writers commit, and the relay publishes, as fast as they can: events are on their way at each moment.
     *
     * @param eventCount the number of events published before
     */
    void underLoad(int eventCount, Runnable fault) {
        workload.allow(ENDLESS);
        try {
            awaitPublished((long) published.distinctCount() + eventCount);
            fault.run();
        } finally {
            workload.withdraw();
        }
    }

    /**
     * Lets the writers commit another event, unless there are many that consumers cannot read yet: what a relay needs to come to some step,
     * and not more than it can publish.
     */
    void allowOneMore() throws SQLException {
        if (committed.count() - published.distinctCount() < MANY) {
            workload.allow(1);
        }
    }

    /** Waits until consumers can read that many different events. */
    void awaitPublished(long count) {
        patience().until(count + " events are published", () -> published.distinctCount() >= count);
    }

    /** Waits until the slot is confirmed up to the end of the WAL as it is now, so that the relay has nothing to do. */
    void awaitAllConfirmed() throws SQLException {
        String end = Objects.requireNonNull(outbox.query("select pg_current_wal_insert_lsn()"));
        awaitAllPublished();
        patience()
                .until(
                        "the slot is confirmed",
                        () -> "t"
                                .equals(outbox.query("select confirmed_flush_lsn >= '" + end
                                        + "' from pg_replication_slots where slot_name = '" + outbox.name() + "'")));
    }

    /** Returns whether the relays read the table, and have no slot. */
    boolean readsTable() {
        return "table".equals(properties.get("outbox.relay.source"));
    }

    /** Waits until consumers can read all committed events. */
    void awaitAllPublished() throws SQLException {
        Set<String> missing = committed.ids();
        try {
            patience().until("all that was committed is published", () -> {
                published.removeFrom(missing);
                return missing.isEmpty();
            });
        } catch (AssertionError e) {
            throw new AssertionError(verdict().toString(), e);
        }
    }

    Patience patience() {
        return patience(TIMEOUT);
    }

    Patience patience(Duration timeout) {
        return new Patience(timeout, this::context);
    }

    /** {@return the last lines of the relay's log} */
    String context() {
        return allStarted.isEmpty()
                ? "No relay was started"
                : allStarted.get(allStarted.size() - 1).endOfLog();
    }

    /** Checks that consumers can read all events up to which the slot is confirmed. */
    void assertNothingConfirmedTooEarly() throws SQLException {
        Set<String> confirmed = committed.confirmedIds();
        confirmed.removeAll(published.ids());
        if (!confirmed.isEmpty() && isExactlyOnce()) {
            awaitMarkers(confirmed);
        }
        assertThat(confirmed).as("confirmed and not published; " + context()).isEmpty();
    }

    private boolean isExactlyOnce() {
        return Delivery.EXACTLY_ONCE
                .value()
                .equals(properties.getOrDefault(Delivery.PROPERTY, Delivery.EXACTLY_ONCE.value()));
    }

    /**
     * Kafka answers a commit before it has written the markers, without which consumers cannot read the events. The relays stand still
     * while that is awaited, so that none publishes an event that it has confirmed too early.
     */
    private void awaitMarkers(Set<String> missing) {
        List<RelayProcess> alive =
                allStarted.stream().filter(RelayProcess::isAlive).toList();
        alive.forEach(RelayProcess::pause);
        try {
            patience().until("what is confirmed is published", () -> {
                published.removeFrom(missing);
                return missing.isEmpty();
            });
        } finally {
            alive.forEach(RelayProcess::resume);
        }
    }

    /** {@return the process of PostgreSQL that streams to the relay} */
    String walSender() throws SQLException {
        return Objects.requireNonNull(
                outbox.query("select active_pid from pg_replication_slots where slot_name = '" + outbox.name() + "'"));
    }

    /** Lets the writers finish, and the relay catch up and end, and judges the published events. */
    void assertKept(Delivery promise) throws SQLException {
        finish();
        promise.require(verdict(), context());
    }

    void assertExactlyOnce() throws SQLException {
        assertKept(Delivery.EXACTLY_ONCE);
    }

    void assertAtLeastOnce() throws SQLException {
        assertKept(Delivery.AT_LEAST_ONCE);
    }

    private void finish() throws SQLException {
        workload.awaitCommitted();
        committed.requireWhole(workload.acknowledged());
        awaitAllPublished();
        assertNothingConfirmedTooEarly();
        if (relay != null && relay.isAlive()) {
            assertThat(relay.stop(TIMEOUT)).as("the relay ends; " + context()).isTrue();
        }
    }

    Verdict verdict() throws SQLException {
        return Verdict.of(committed.history(), published.events());
    }

    @Override
    public void close() throws SQLException {
        outbox.database().link().heal();
        Servers.BROKER.heal();
        if (relay != null) {
            relay.close();
        }
        workload.close();
        published.close();
        if (outbox.database().equals(Servers.DATABASE)) {
            outbox.drop();
        } else {
            outbox.database().close();
        }
    }
}
