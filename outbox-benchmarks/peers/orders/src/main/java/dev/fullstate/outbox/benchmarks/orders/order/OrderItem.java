package dev.fullstate.outbox.benchmarks.orders.order;

import java.math.BigDecimal;

import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.SequenceGenerator;
import org.jspecify.annotations.Nullable;

/** A product of an order, at the price it was ordered for. */
@Entity
class OrderItem {

    @Id
    @GeneratedValue(strategy = GenerationType.SEQUENCE, generator = "order_item_seq")
    @SequenceGenerator(name = "order_item_seq", sequenceName = "order_item_seq", allocationSize = 50)
    private @Nullable Long id;

    // Read by Hibernate only.
    @ManyToOne(fetch = FetchType.LAZY, optional = false)
    @JoinColumn(name = "order_id")
    @SuppressWarnings("UnusedVariable")
    private Order order;

    private String productId;
    private String name;
    private int quantity;
    private BigDecimal price;

    /** For Hibernate, which sets the fields itself. */
    @SuppressWarnings("NullAway.Init")
    protected OrderItem() {}

    OrderItem(Order order, String productId, String name, int quantity, BigDecimal price) {
        this.order = order;
        this.productId = productId;
        this.name = name;
        this.quantity = quantity;
        this.price = price;
    }

    void orderOneMore() {
        quantity++;
    }

    OrderState.Item state() {
        return new OrderState.Item(id, productId, name, quantity, price);
    }
}
