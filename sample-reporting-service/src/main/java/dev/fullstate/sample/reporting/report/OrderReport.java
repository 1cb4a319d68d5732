package dev.fullstate.sample.reporting.report;

import java.sql.Timestamp;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table {@code order_report}. Each method is one statement, and so one transaction. */
@Repository
public class OrderReport {

    private static final String COLUMNS = "entity_version, customer_id, status, item_count, total_amount, last_updated";

    private final JdbcClient jdbc;

    OrderReport(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Applies an event unless the row already has this one or a newer one. So repeats, and replays from any offset, change nothing,
     * and instances that apply events of one order at the same time leave the newest.
     *
     * @return whether the row has changed
     */
    public boolean apply(OrderEvent event) {
        JdbcClient.StatementSpec upsert = jdbc.sql("""
                        insert into order_report as report (order_id, sequence, deleted, %1$s)
                        values (:orderId, :sequence, :deleted,
                                :entityVersion, :customerId, :status, :itemCount, :totalAmount, :lastUpdated)
                        on conflict (order_id) do update
                        set (sequence, applied_at, deleted, %1$s) =
                            (excluded.sequence, excluded.applied_at, excluded.deleted, excluded.entity_version,
                             excluded.customer_id, excluded.status, excluded.item_count, excluded.total_amount,
                             excluded.last_updated)
                        where report.sequence < excluded.sequence
                        """.formatted(COLUMNS))
                .param("orderId", event.orderId())
                .param("sequence", event.sequence());
        if (event instanceof OrderEvent.State state) {
            return withState(upsert, state).update() == 1;
        }
        return withoutState(upsert).update() == 1;
    }

    private static JdbcClient.StatementSpec withState(JdbcClient.StatementSpec upsert, OrderEvent.State state) {
        return upsert.param("deleted", false)
                .param("entityVersion", state.entityVersion())
                .param("customerId", state.customerId())
                .param("status", state.status())
                .param("itemCount", state.itemCount())
                .param("totalAmount", state.totalAmount())
                .param("lastUpdated", Timestamp.from(state.lastUpdated()));
    }

    private static JdbcClient.StatementSpec withoutState(JdbcClient.StatementSpec upsert) {
        return upsert.param("deleted", true)
                .param("entityVersion", null)
                .param("customerId", null)
                .param("status", null)
                .param("itemCount", null)
                .param("totalAmount", null)
                .param("lastUpdated", null);
    }

    /** {@return an order, if there is one and it was not deleted} */
    Optional<ReportedOrder> order(UUID orderId) {
        return jdbc.sql("select order_id, %s from order_report where order_id = ? and not deleted".formatted(COLUMNS))
                .param(orderId)
                .query(ReportedOrder.class)
                .optional();
    }

    /** {@return number and value of all orders, for each status that one of them has} */
    List<Revenue> revenue() {
        return jdbc.sql("""
                        select status, count(*) as order_count, sum(total_amount) as total_amount
                        from order_report where not deleted
                        group by status order by status
                        """).query(Revenue.class).list();
    }

    /** {@return number and value of a customer's orders, for each status that one of them has} */
    List<Revenue> revenueOf(String customerId) {
        return jdbc.sql("""
                        select status, count(*) as order_count, sum(total_amount) as total_amount
                        from order_report where not deleted and customer_id = ?
                        group by status order by status
                        """).param(customerId).query(Revenue.class).list();
    }

    /**
     * Empties the table while events are being applied: events that were applied before the TRUNCATE has its lock are gone, later
     * ones stay. The rows are complete again when a republish that was started afterwards has been read.
     */
    void empty() {
        jdbc.sql("truncate order_report").update();
    }
}
