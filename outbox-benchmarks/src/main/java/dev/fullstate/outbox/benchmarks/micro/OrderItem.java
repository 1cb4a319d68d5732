package dev.fullstate.outbox.benchmarks.micro;

import java.math.BigDecimal;

import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import org.jspecify.annotations.Nullable;

/** A part of an {@link Order}. */
@Entity
@SuppressWarnings("UnusedVariable") // Read by the envelope.
class OrderItem {

    @Id
    @GeneratedValue
    private @Nullable Long id;

    @ManyToOne(fetch = FetchType.LAZY)
    private Order order;

    private int position;

    private String product;

    private int quantity;

    private BigDecimal unitPrice;

    /** For Hibernate, which sets the fields itself. */
    @SuppressWarnings("NullAway.Init")
    protected OrderItem() {}

    OrderItem(Order order, int position, BigDecimal unitPrice) {
        this.order = order;
        this.position = position;
        this.product = "Walnut table with copper legs, item " + position;
        this.quantity = position + 1;
        this.unitPrice = unitPrice;
    }
}
