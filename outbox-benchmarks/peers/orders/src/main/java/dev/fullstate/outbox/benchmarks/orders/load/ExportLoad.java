package dev.fullstate.outbox.benchmarks.orders.load;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import tools.jackson.databind.json.JsonMapper;

import dev.fullstate.outbox.benchmarks.orders.order.OrderState;
import dev.fullstate.outbox.benchmarks.orders.order.Orders;

/** Reads every order and writes it as JSON, page by page on the current thread, and drops it: the least work of all. */
final class ExportLoad {

    private final Orders orders;
    private final JsonMapper json;

    ExportLoad(Orders orders, JsonMapper json) {
        this.orders = orders;
        this.json = json;
    }

    Map<String, Number> run(int pageSize) {
        long began = System.nanoTime();
        long count = 0;
        long characters = 0;
        List<OrderState> page = orders.page(0, pageSize);
        while (!page.isEmpty()) {
            for (OrderState state : page) {
                characters += json.writeValueAsString(state).length();
            }
            count += page.size();
            page = orders.page(page.get(page.size() - 1).id(), pageSize);
        }
        Map<String, Number> figures = new LinkedHashMap<>();
        figures.put("ordersPerSecond", count * 1e9 / (System.nanoTime() - began));
        figures.put("orders", count);
        figures.put("charactersPerOrder", characters / (double) count);
        return figures;
    }
}
