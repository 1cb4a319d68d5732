package dev.fullstate.sample.orders.order;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;

import javax.sql.DataSource;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.data.jpa.test.autoconfigure.DataJpaTest;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.transaction.TestTransaction;

import dev.fullstate.outbox.test.OutboxTestServices;

import static org.assertj.core.api.Assertions.assertThat;

/** A slice for repositories has the PostgreSQL of the test services, and neither an outbox nor Kafka. */
@DataJpaTest
@Import(OutboxTestServices.class)
class OrderSliceIT {

    @Autowired
    private OrderRepository orders;

    @Autowired
    private DataSource dataSource;

    @Autowired
    private ConfigurableApplicationContext context;

    private UUID newOrder() {
        Order order = new Order(
                new Customer("c-1", "Ada", "ada@example.com"), "1 Main Street", Instant.parse("2026-11-16T08:00:00Z"));
        order.add("p-1", 2, new BigDecimal("1.50"));
        return orders.saveAndFlush(order).orderId();
    }

    private <T> T query(String sql, Class<T> type) {
        return JdbcClient.create(dataSource).sql(sql).query(type).single();
    }

    @Test
    void repositoryWritesToPostgres() {
        UUID id = newOrder();

        assertThat(query("select version()", String.class)).startsWith("PostgreSQL");
        assertThat(query("select order_id from orders", UUID.class)).isEqualTo(id);
    }

    @Test
    void commitIsNotCaptured() {
        UUID id = newOrder();
        TestTransaction.flagForCommit();
        TestTransaction.end();

        try {
            assertThat(orders.findById(id)).isPresent();
            assertThat(query("select count(*) from pg_class where relname like 'outbox%'", Long.class))
                    .isZero();
            assertThat(context.getBeanFactory().containsSingleton("outboxTestKafka"))
                    .isFalse();
        } finally {
            orders.deleteById(id);
        }
    }
}
