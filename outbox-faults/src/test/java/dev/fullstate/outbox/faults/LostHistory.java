package dev.fullstate.outbox.faults;

import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.faults.oracle.Committed;
import dev.fullstate.outbox.faults.oracle.Event;
import dev.fullstate.outbox.faults.oracle.Published;
import dev.fullstate.outbox.faults.oracle.Survival;
import dev.fullstate.outbox.faults.relay.RelayProcess;
import dev.fullstate.outbox.faults.server.Database;
import dev.fullstate.outbox.faults.server.Outbox;
import dev.fullstate.outbox.test.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;

/** A database of its own that loses the end of its history and goes on with a new one, a relay, and the judge. */
final class LostHistory implements AutoCloseable {

    /** What consumers are promised. */
    enum Delivery {
        EXACTLY_ONCE,
        AT_LEAST_ONCE;

        String property() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** Where the relay is while the database changes. */
    enum RelayIs {
        RUNNING,
        DOWN,
        KILLED
    }

    /** What is written to the new history before the relay comes. */
    enum RowsBefore {
        NONE(0),
        FEWER_THAN_LOST(7),
        MORE_THAN_LOST(30);

        private final int count;

        RowsBefore(int count) {
            this.count = count;
        }
    }

    /** Where the new history's WAL ends when the relay comes. */
    enum WalEnd {
        AS_IT_IS,
        BEYOND_THE_OLD
    }

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int AGGREGATE_COUNT = 5;

    final Database database;
    final Outbox outbox;
    private final String plan;
    private final Delivery delivery;
    private final Committed committed;
    private final Published published;
    private final Map<String, String> properties = new LinkedHashMap<>();
    private Set<String> oldIds = Set.of();
    private String oldEnd = "0/0";
    private @Nullable RelayProcess relay;

    /** @param plan what is to happen, to be quoted where it goes wrong */
    LostHistory(Object plan, Database database, Delivery delivery) throws SQLException {
        this.plan = plan.toString();
        this.database = database;
        this.delivery = delivery;
        this.outbox = Outbox.create(database, AGGREGATE_COUNT);
        this.committed = new Committed(outbox);
        this.published = new Published(Servers.BROKER.bootstrapServers(), outbox.topic());
        properties.put("outbox.relay.delivery", delivery.property());
        properties.put("outbox.relay.slot-creation-timeout", "20s");
    }

    /** {@return whether the plan has the text of {@code -Dfaults.plan=}, such as {@code slot=SYNCED}} */
    static boolean isChosen(Object plan) {
        return plan.toString().contains(System.getProperty("faults.plan", ""));
    }

    LostHistory with(String property, String value) {
        properties.put(property, value);
        return this;
    }

    void startRelay() {
        if (relay != null) {
            relay.close();
        }
        relay = RelayProcess.prepare(outbox, Servers.BROKER, properties);
        relay.control().start();
        awaitStreaming();
    }

    void awaitStreaming() {
        patience().until("a relay streams", outbox::isStreamed);
    }

    /** Waits until the relay logs something. */
    void awaitLog(String text) {
        patience().until("the relay says: " + text, () -> context().contains(text));
    }

    /** Writes events and waits until Kafka has them, and PostgreSQL knows that. */
    void publish(int eventCount) throws SQLException {
        outbox.write(eventCount);
        String end = Objects.requireNonNull(outbox.query("select pg_current_wal_insert_lsn()"));
        patience().until("all events are published", () -> survival().isComplete());
        patience()
                .until(
                        "the slot is confirmed",
                        () -> "t"
                                .equals(outbox.query("select confirmed_flush_lsn >= '" + end
                                        + "' from pg_replication_slots where slot_name = '" + outbox.name() + "'")));
    }

    /** The relay does or suffers what comes before the old history ends. */
    void relayIs(RelayIs what) {
        RelayProcess current = Objects.requireNonNull(relay);
        switch (what) {
            case RUNNING -> assertThat(current.isAlive()).isTrue();
            case DOWN -> assertThat(current.stop(TIMEOUT)).as(this::context).isTrue();
            case KILLED -> current.kill();
        }
    }

    /** The server ends, as in a crash, and what it had committed becomes the old history. */
    void endOldHistory() throws SQLException {
        oldIds = committed.events().stream().map(Event::id).collect(Collectors.toSet());
        oldEnd = Objects.requireNonNull(outbox.query("select pg_current_wal_insert_lsn()"));
        database.server().kill();
    }

    /** The database goes on elsewhere, is written to, and then the relay comes, whose work is judged. */
    void continueOn(PostgresServer server, RowsBefore rows, WalEnd end) throws SQLException {
        database.become(server);
        outbox.write(rows.count);
        if (end == WalEnd.BEYOND_THE_OLD) {
            database.writeWalBeyond(oldEnd);
        }
        database.letRelayFollow();
        if (relay == null || !relay.isAlive()) {
            startRelay();
        } else {
            awaitStreaming();
        }
        outbox.write(2 * AGGREGATE_COUNT);
        judge();
    }

    void judge() throws SQLException {
        try {
            patience()
                    .until(
                            "all surviving events are published",
                            () -> survival().isComplete());
        } catch (AssertionError e) {
            throw new AssertionError(survival().toString(), e);
        }
        RelayProcess current = Objects.requireNonNull(relay);
        assertThat(current.stop(TIMEOUT)).as("the relay ends; " + context()).isTrue();
        Survival survival = survival();
        switch (delivery) {
            case EXACTLY_ONCE -> survival.requireExactlyOnce(context());
            case AT_LEAST_ONCE -> survival.requireAtLeastOnce(context());
        }
    }

    List<Event> published() {
        return published.events();
    }

    Survival survival() throws SQLException {
        return Survival.of(committed.events(), oldIds, published.events());
    }

    Patience patience() {
        return new Patience(TIMEOUT, this::context);
    }

    private String context() {
        return plan + "\n" + (relay == null ? "No relay was started" : relay.endOfLog());
    }

    @Override
    public void close() {
        if (relay != null) {
            relay.close();
        }
        published.close();
        database.close();
    }
}
