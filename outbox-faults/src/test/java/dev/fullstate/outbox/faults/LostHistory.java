package dev.fullstate.outbox.faults;

import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.fullstate.outbox.faults.load.Mix;
import dev.fullstate.outbox.faults.oracle.Event;
import dev.fullstate.outbox.faults.relay.RelayProcess;
import dev.fullstate.outbox.faults.server.Database;
import dev.fullstate.outbox.faults.server.Outbox;

import static org.assertj.core.api.Assertions.assertThat;

/** A database of its own that loses the end of its history and goes on with a new one, a relay, and the judge. */
final class LostHistory implements AutoCloseable {

    private static final int AGGREGATE_COUNT = 5;

    final Database database;
    final Outbox outbox;
    private final Scenario scenario;
    private final Delivery delivery;

    /** @param properties of the relay, in addition to the harness's own */
    LostHistory(Database database, Delivery delivery, Map<String, String> properties) throws SQLException {
        Map<String, String> all = new LinkedHashMap<>(properties);
        all.put(Delivery.PROPERTY, delivery.value());
        all.put("outbox.relay.slot-creation-timeout", "20s");
        this.database = database;
        this.delivery = delivery;
        // There are no writers: each event is committed where the test says.
        this.scenario = Scenario.on(database, new Mix(0, AGGREGATE_COUNT, 0, 0, 1), 1, all);
        this.outbox = scenario.outbox;
    }

    /** @param options of its JVM; without any, those of the harness */
    RelayProcess startRelay(String... options) {
        return scenario.with(options).startRelay();
    }

    void awaitStreaming() {
        scenario.awaitStreaming();
    }

    /** Waits until the relay logs something. */
    void awaitLog(String text) {
        scenario.patience()
                .until("the relay says: " + text, () -> scenario.context().contains(text));
    }

    /** Writes events, and waits until Kafka has them and the slot is confirmed. */
    void publish(int eventCount) throws SQLException {
        outbox.write(eventCount);
        scenario.awaitAllConfirmed();
    }

    /** Writes events, and waits until Kafka has them. */
    void publishUnconfirmed(int eventCount) throws SQLException {
        outbox.write(eventCount);
        scenario.awaitAllPublished();
    }

    /** Ends the old history; {@return where the WAL of the old server ended} */
    String carryOut(Succession succession, Succession.Acts acts) throws SQLException {
        return succession.carryOut(outbox, scenario.committed, acts);
    }

    /** Brings the relay to the new history, writes to that once more, and judges the result. */
    void judge(RelayProcess relay) throws SQLException {
        database.letRelayFollow();
        if (relay.isAlive()) {
            awaitStreaming();
        } else {
            startRelay();
        }
        outbox.write(2 * AGGREGATE_COUNT);
        judge();
    }

    void judge() throws SQLException {
        scenario.assertKept(delivery);
    }

    List<Event> published() {
        return scenario.published.events();
    }

    /** Brings the relay into the state in which the old history finds it at its end. */
    void let(RelayProcess relay, SuccessionPlan.RelayIs be) {
        switch (be) {
            case RUNNING -> assertThat(relay.isAlive()).isTrue();
            case DOWN ->
                assertThat(relay.stop(Scenario.TIMEOUT)).as(scenario::context).isTrue();
            case KILLED -> relay.kill();
        }
    }

    @Override
    public void close() throws SQLException {
        scenario.close();
    }
}
