package dev.fullstate.outbox.benchmarks.orders.load;

import java.util.LinkedHashMap;
import java.util.Map;

import dev.fullstate.outbox.benchmarks.orders.order.Orders;
import dev.fullstate.outbox.benchmarks.orders.statement.StatementCounter;

/** Counts the statements of transactions, one after the other on the current thread. */
final class StatementLoad {

    private final Orders orders;
    private final int orderCount;
    private final StatementCounter counter;

    StatementLoad(Orders orders, int orderCount, StatementCounter counter) {
        this.orders = orders;
        this.orderCount = orderCount;
        this.counter = counter;
    }

    /**
     * Counts as background the statements of the application's other threads in that time, with which a library publishes, polls that find
     * nothing included.
     */
    Map<String, Number> run(Operation operation, int count) {
        counter.watchThisThread();
        for (int number = 0; number < count; number++) {
            operation.run(orders, 1 + number % orderCount);
        }
        Map<String, Number> figures = new LinkedHashMap<>();
        figures.put("statementsPerTransaction", per(count, counter.watched().statementCount()));
        figures.put("roundTripsPerTransaction", per(count, counter.watched().roundTripCount()));
        figures.put(
                "backgroundStatementsPerTransaction",
                per(count, counter.others().statementCount()));
        figures.put(
                "backgroundRoundTripsPerTransaction",
                per(count, counter.others().roundTripCount()));
        return figures;
    }

    private static double per(int count, long total) {
        return total / (double) count;
    }
}
