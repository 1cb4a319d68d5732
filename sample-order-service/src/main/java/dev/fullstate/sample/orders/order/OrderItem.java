package dev.fullstate.sample.orders.order;

import java.math.BigDecimal;

import com.fasterxml.jackson.annotation.JsonIgnore;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import org.jspecify.annotations.Nullable;

/** A product of an order, at the price of the order. */
@Entity
class OrderItem {

    /** Number of fraction digits of every amount of money. */
    static final int SCALE = 2;

    // Not published: within its order the product names the item.
    @Id
    @GeneratedValue
    @JsonIgnore
    private @Nullable Long id;

    // Read by Hibernate only.
    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "order_id")
    @SuppressWarnings("UnusedVariable")
    private Order order;

    private String productId;

    private int quantity;

    private BigDecimal price;

    /** For Hibernate, which sets the fields itself. */
    @SuppressWarnings("NullAway.Init")
    protected OrderItem() {}

    /** @throws ArithmeticException if the price has more fraction digits than money has */
    OrderItem(Order order, String productId, int quantity, BigDecimal price) {
        this.order = order;
        this.productId = productId;
        this.quantity = quantity;
        this.price = price.setScale(SCALE);
    }

    void changeQuantity(int quantity) {
        this.quantity = quantity;
    }

    BigDecimal amount() {
        return price.multiply(BigDecimal.valueOf(quantity));
    }

    String productId() {
        return productId;
    }

    int quantity() {
        return quantity;
    }

    BigDecimal price() {
        return price;
    }
}
