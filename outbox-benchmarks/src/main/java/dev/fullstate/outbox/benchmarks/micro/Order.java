package dev.fullstate.outbox.benchmarks.micro;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

import jakarta.persistence.CascadeType;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import jakarta.persistence.Table;
import jakarta.persistence.Version;

import dev.fullstate.outbox.PublishFullState;

/** An aggregate whose state has about 1 KB as JSON. */
@Entity
@Table(name = "orders")
@PublishFullState
@SuppressWarnings("UnusedVariable") // Read by the envelope.
class Order {

    private static final int ITEMS = 5;
    private static final int NOTE_LENGTH = 400;

    @Id
    private UUID orderId;

    private String customer;

    private String status;

    @Column(length = NOTE_LENGTH)
    private String note;

    private Instant placedAt;

    @OneToMany(mappedBy = "order", cascade = CascadeType.ALL, orphanRemoval = true)
    @OrderBy("position")
    private List<OrderItem> items = new ArrayList<>();

    @Version
    private long version;

    /** For Hibernate, which sets the fields itself. */
    @SuppressWarnings("NullAway.Init")
    protected Order() {}

    Order(UUID orderId, Instant placedAt) {
        this.orderId = orderId;
        this.customer = "customer-4711";
        this.status = "PLACED";
        this.note = "Ring twice and leave it with the neighbours. ".repeat(8);
        this.placedAt = placedAt;
        IntStream.range(0, ITEMS)
                .mapToObj(position -> new OrderItem(this, position, new BigDecimal("129.90")))
                .forEach(items::add);
    }

    UUID orderId() {
        return orderId;
    }

    List<OrderItem> items() {
        return items;
    }
}
