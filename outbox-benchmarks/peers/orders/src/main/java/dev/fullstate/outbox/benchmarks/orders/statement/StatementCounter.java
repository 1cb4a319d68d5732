package dev.fullstate.outbox.benchmarks.orders.statement;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

import net.ttddyy.dsproxy.ExecutionInfo;
import net.ttddyy.dsproxy.QueryInfo;
import net.ttddyy.dsproxy.listener.MethodExecutionContext;
import net.ttddyy.dsproxy.listener.NoOpQueryExecutionListener;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/**
 * Counts statements and round trips, those of one thread apart from all others.
 *
 * <p>A statement is one set of parameters: a batch of five inserts is five statements, and so are five statements that are sent together. A
 * round trip is one execution, whatever the size of its batch, or one commit or rollback for which the driver has a transaction to end; the
 * driver sends the beginning of a transaction together with its first statement. It does not count connections outside of the pool, such as
 * a replication connection.
 */
public final class StatementCounter extends NoOpQueryExecutionListener {

    private final Tally watched = new Tally();
    private final Tally others = new Tally();
    private volatile @Nullable Thread thread;

    /** Counts from zero, the current thread as the watched one. */
    public void watchThisThread() {
        thread = Thread.currentThread();
        watched.reset();
        others.reset();
    }

    /** {@return the count of the watched thread} */
    public Tally watched() {
        return watched;
    }

    /** {@return the count of all other threads in that time} */
    public Tally others() {
        return others;
    }

    @Override
    public void afterQuery(ExecutionInfo execution, List<QueryInfo> queries) {
        long together = Stream.of(queries.get(0).getQuery().split("\\s*; "))
                .filter(statement -> !statement.equals("commit"))
                .count();
        current().executed(execution.isBatch() ? execution.getBatchSize() : together);
    }

    void beforeMethod(MethodExecutionContext call) {
        String method = call.getMethod().getName();
        if ((method.equals("commit") || method.equals("rollback")) && isInTransaction((Connection) call.getTarget())) {
            current().ended();
        }
    }

    private static boolean isInTransaction(Connection connection) {
        try {
            return connection.unwrap(BaseConnection.class).getTransactionState() != TransactionState.IDLE;
        } catch (SQLException e) {
            throw new IllegalStateException("The driver does not know the state of its transaction", e);
        }
    }

    private Tally current() {
        return Thread.currentThread() == thread ? watched : others;
    }

    /** A count of statements and of round trips. */
    public static final class Tally {

        private final LongAdder statements = new LongAdder();
        private final LongAdder roundTrips = new LongAdder();

        public long statementCount() {
            return statements.sum();
        }

        public long roundTripCount() {
            return roundTrips.sum();
        }

        private void executed(long statementCount) {
            statements.add(statementCount);
            roundTrips.increment();
        }

        private void ended() {
            roundTrips.increment();
        }

        private void reset() {
            statements.reset();
            roundTrips.reset();
        }
    }
}
