package dev.fullstate.outbox.benchmarks.orders.load;

import java.util.Locale;

import dev.fullstate.outbox.benchmarks.orders.order.Order;
import dev.fullstate.outbox.benchmarks.orders.order.Orders;

/** A transaction of the domain. */
enum Operation {
    INSERT {
        @Override
        Order run(Orders orders, long id) {
            return orders.insert();
        }
    },
    UPDATE_ROOT {
        @Override
        Order run(Orders orders, long id) {
            return orders.updateRoot(id);
        }
    },
    UPDATE_PART {
        @Override
        Order run(Orders orders, long id) {
            return orders.updatePart(id);
        }
    };

    /** @param id of the order; of no meaning to an insert */
    abstract Order run(Orders orders, long id);

    /** {@return the operation of a command's word, such as {@code update-root}} */
    static Operation of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
}
