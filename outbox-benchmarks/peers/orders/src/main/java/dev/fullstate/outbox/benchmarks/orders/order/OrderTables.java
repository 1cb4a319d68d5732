package dev.fullstate.outbox.benchmarks.orders.order;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Writes the orders that exist before the load begins, with SQL, so that they cause no events in any application. */
@Component
public final class OrderTables {

    private final JdbcClient jdbc;

    OrderTables(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Writes orders with the ids from 1 to {@code count}, five items each. */
    public void fill(int count) {
        jdbc.sql("""
                insert into orders
                select id, 0, 'Ada Example', 'ada.example@mail.example.org',
                       '12 Long Acre, Flat 7, London WC2E 9LH, United Kingdom', 'PAID',
                       'Please ring twice and leave the parcel with the neighbour on the ground floor if nobody answers the door.',
                       now(), 0
                from generate_series(1, ?) id
                """).param(count).update();
        jdbc.sql("""
                insert into order_item
                select row_number() over (), id, 'P-2026-00' || number, 'A product with a name like those in the catalogue, no. ' || number,
                       number, 19.90
                from generate_series(1, ?) id, generate_series(1, ?) number
                """).params(count, Orders.ITEM_COUNT).update();
        // The value lies above the written ids; Hibernate takes it as the last of fifty.
        jdbc.sql("select setval('orders_seq', ? + 50), setval('order_item_seq', ? + 50)")
                .params(count, count * Orders.ITEM_COUNT)
                .query()
                .listOfRows();
        jdbc.sql("analyze orders, order_item").update();
    }
}
