package dev.fullstate.sample.orders.order;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import com.fasterxml.jackson.annotation.JsonProperty;
import jakarta.persistence.CascadeType;
import jakarta.persistence.CollectionTable;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import jakarta.persistence.OrderColumn;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.PublishFullState;

/** An order of a customer, with its items and its status. The attributes' names are those of the published state. */
@Entity
@Table(name = "orders")
@PublishFullState
class Order {

    @Id
    private UUID orderId;

    @Embedded
    private Customer customer;

    // By id, which is the order of the request, also after the order was read back.
    @OneToMany(mappedBy = "order", cascade = CascadeType.ALL, orphanRemoval = true)
    @OrderBy("id")
    private final List<OrderItem> items = new ArrayList<>();

    @Enumerated(EnumType.STRING)
    private OrderStatus status;

    @ElementCollection
    @CollectionTable(name = "order_status_history", joinColumns = @JoinColumn(name = "order_id"))
    @OrderColumn(name = "position")
    private final List<StatusChange> statusHistory = new ArrayList<>();

    @Embedded
    private ShippingDetails shippingDetails;

    /** The time of the last change of the status; a changed item does not count. */
    private Instant lastUpdated;

    @Version
    private @Nullable Long version;

    /** For Hibernate, which sets the fields itself. */
    @SuppressWarnings("NullAway.Init")
    protected Order() {}

    Order(Customer customer, String shippingAddress, Instant at) {
        this.orderId = UUID.randomUUID();
        this.customer = customer;
        this.shippingDetails = new ShippingDetails(shippingAddress, null);
        this.status = OrderStatus.CREATED;
        this.lastUpdated = at;
        this.statusHistory.add(new StatusChange(status, at));
    }

    void add(String productId, int quantity, BigDecimal price) {
        items.add(new OrderItem(this, productId, quantity, price));
    }

    void pay(Instant at) {
        advance(OrderStatus.CREATED, OrderStatus.PAID, at);
    }

    void ship(String carrier, Instant at) {
        advance(OrderStatus.PAID, OrderStatus.DELIVERING, at);
        shippingDetails = shippingDetails.carriedBy(carrier);
    }

    void deliver(Instant at) {
        advance(OrderStatus.DELIVERING, OrderStatus.DELIVERED, at);
    }

    private void advance(OrderStatus from, OrderStatus to, Instant at) {
        if (status != from) {
            throw new WrongStatusException(
                    "Order %s is %s; only a %s order becomes %s".formatted(orderId, status, from, to));
        }
        status = to;
        lastUpdated = at;
        statusHistory.add(new StatusChange(to, at));
    }

    void changeQuantity(String productId, int quantity) {
        if (status != OrderStatus.CREATED && status != OrderStatus.PAID) {
            throw new WrongStatusException(
                    "Order %s is %s; its items can be changed until it is shipped".formatted(orderId, status));
        }
        items.stream()
                .filter(item -> item.productId().equals(productId))
                .findFirst()
                .orElseThrow(() -> NotFoundException.item(orderId, productId))
                .changeQuantity(quantity);
    }

    @JsonProperty("totalAmount")
    BigDecimal totalAmount() {
        return items.stream().map(OrderItem::amount).reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    UUID orderId() {
        return orderId;
    }

    Customer customer() {
        return customer;
    }

    List<OrderItem> items() {
        return List.copyOf(items);
    }

    OrderStatus status() {
        return status;
    }

    List<StatusChange> statusHistory() {
        return List.copyOf(statusHistory);
    }

    ShippingDetails shippingDetails() {
        return shippingDetails;
    }

    Instant lastUpdated() {
        return lastUpdated;
    }
}
