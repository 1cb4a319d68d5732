package dev.fullstate.outbox.benchmarks.orders.order;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import jakarta.persistence.CascadeType;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import jakarta.persistence.SequenceGenerator;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.PublishFullState;

/**
 * An order of a customer. With five items its state is about 1 KB of JSON.
 *
 * <p>The annotation is for the one application that has its class; the others do not see it.
 */
@Entity
@Table(name = "orders")
@PublishFullState
public class Order {

    @Id
    @GeneratedValue(strategy = GenerationType.SEQUENCE, generator = "orders_seq")
    @SequenceGenerator(name = "orders_seq", sequenceName = "orders_seq", allocationSize = 50)
    private @Nullable Long id;

    @Version
    private long version;

    private String customer;
    private String email;
    private String shippingAddress;
    private String status;
    private String note;
    private Instant placedAt;
    private int deliveryAttempts;

    @OneToMany(mappedBy = "order", cascade = CascadeType.ALL, orphanRemoval = true)
    @OrderBy("id")
    private final List<OrderItem> items = new ArrayList<>();

    /** For Hibernate, which sets the fields itself. */
    @SuppressWarnings("NullAway.Init")
    protected Order() {}

    Order(String customer, String email, String shippingAddress, String note, Instant placedAt) {
        this.customer = customer;
        this.email = email;
        this.shippingAddress = shippingAddress;
        this.status = "PAID";
        this.note = note;
        this.placedAt = placedAt;
    }

    void add(String productId, String name, int quantity, BigDecimal price) {
        items.add(new OrderItem(this, productId, name, quantity, price));
    }

    /** Changes the root and no item. */
    void attemptDelivery() {
        deliveryAttempts++;
    }

    /** Changes one item and nothing of the root. */
    void orderOneMoreOfTheFirstItem() {
        items.get(0).orderOneMore();
    }

    /** {@return the id; one that was never saved has none} */
    public long id() {
        if (id == null) {
            throw new IllegalStateException("The order of " + customer + " has no id before it is saved");
        }
        return id;
    }

    public int deliveryAttempts() {
        return deliveryAttempts;
    }

    OrderState state() {
        return new OrderState(
                id(),
                version,
                customer,
                email,
                shippingAddress,
                status,
                note,
                placedAt,
                deliveryAttempts,
                items.stream().map(OrderItem::state).toList());
    }
}
