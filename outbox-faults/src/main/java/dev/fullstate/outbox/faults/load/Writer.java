package dev.fullstate.outbox.faults.load;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.fullstate.outbox.faults.server.Outbox;

/** One application thread: locks aggregates, in the order of their keys, and writes an event for each change of one. */
final class Writer {

    private static final Logger log = LoggerFactory.getLogger(Writer.class);
    private static final Duration RETRY = Duration.ofMillis(50);
    private static final int MOST_AGGREGATES = 3;
    private static final int MOST_EVENTS_OF_AN_AGGREGATE = 3;

    private final Outbox outbox;
    private final Mix mix;
    private final Random random;
    private final Budget budget;
    private final Supplier<Map<String, Long>> memory;

    /** The outcome of a transaction. */
    private enum Kind {
        COMMITTED,
        LARGE,
        ROLLED_BACK,
        PARTLY_ROLLED_BACK
    }

    /** @param memory notes acknowledged versions, of the history that the database has now */
    Writer(Outbox outbox, Mix mix, long seed, Budget budget, Supplier<Map<String, Long>> memory) {
        this.outbox = outbox;
        this.mix = mix;
        this.random = new Random(seed);
        this.budget = budget;
        this.memory = memory;
    }

    /** Writes until the thread is interrupted. */
    void run() throws InterruptedException {
        while (true) {
            // There is one map for each history, so that commits of an old connection are not noted as those of the new
            // one.
            Map<String, Long> acknowledged = memory.get();
            try (Connection connection = outbox.connect()) {
                connection.setAutoCommit(false);
                while (acknowledged == memory.get()) {
                    write(connection, acknowledged);
                }
            } catch (SQLException e) {
                log.debug("The database is away; the writer connects again", e);
                Thread.sleep(RETRY.toMillis());
            }
        }
    }

    private void write(Connection connection, Map<String, Long> acknowledged)
            throws SQLException, InterruptedException {
        Kind kind = kind();
        int perAggregate = kind == Kind.LARGE ? mix.largeEventCount() : 1 + random.nextInt(MOST_EVENTS_OF_AN_AGGREGATE);
        List<String> keys = keys(kind == Kind.LARGE ? 1 : 1 + random.nextInt(MOST_AGGREGATES));
        long count = (long) keys.size() * perAggregate;
        budget.begin(count);
        long unspent = count;
        try {
            if (transact(connection, kind, keys, perAggregate, acknowledged)) {
                unspent = 0;
            }
        } finally {
            budget.end(unspent);
        }
    }

    private boolean transact(
            Connection connection, Kind kind, List<String> keys, int perAggregate, Map<String, Long> acknowledged)
            throws SQLException {
        Statements statements = new Statements(connection, mix.payloadBytes());
        Map<String, Long> versions = statements.lock(keys);
        if (kind == Kind.PARTLY_ROLLED_BACK) {
            Savepoint savepoint = connection.setSavepoint();
            statements.insert(versions, perAggregate, "rolled back to the savepoint");
            connection.rollback(savepoint);
        }
        if (kind == Kind.LARGE) {
            statements.insertInOneStatement(versions, perAggregate);
        } else {
            statements.insert(versions, perAggregate, kind == Kind.ROLLED_BACK ? "rolled back" : "");
        }
        statements.raise(keys, perAggregate);
        if (kind == Kind.ROLLED_BACK) {
            connection.rollback();
            return false;
        }
        connection.commit();
        versions.forEach((key, version) -> acknowledged.merge(key, version + perAggregate, Math::max));
        return true;
    }

    private Kind kind() {
        int percent = random.nextInt(100);
        if (percent < mix.largePercent()) {
            return Kind.LARGE;
        }
        if (percent < mix.largePercent() + 8) {
            return Kind.ROLLED_BACK;
        }
        return percent < mix.largePercent() + 20 ? Kind.PARTLY_ROLLED_BACK : Kind.COMMITTED;
    }

    /** Draws aggregates, in one order for all writers, so that they do not lock each other out. */
    private List<String> keys(int count) {
        return IntStream.generate(() -> random.nextInt(mix.aggregateCount()))
                .distinct()
                .limit(count)
                .sorted()
                .mapToObj(number -> "key-" + number)
                .toList();
    }
}
