package dev.fullstate.outbox.benchmarks.orders.order;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** The transactions that are measured. A returned order is as it was committed. */
@Service
@Transactional
public class Orders {

    /** Items of every order. */
    static final int ITEM_COUNT = 5;

    private final OrderRepository repository;
    private final @Nullable OrderPublisher publisher;

    Orders(OrderRepository repository, Optional<OrderPublisher> publisher) {
        this.repository = repository;
        this.publisher = publisher.orElse(null);
    }

    /** Inserts an order with its items. */
    public Order insert() {
        Order order = new Order(
                "Ada Example",
                "ada.example@mail.example.org",
                "12 Long Acre, Flat 7, London WC2E 9LH, United Kingdom",
                "Please ring twice and leave the parcel with the neighbour on the ground floor if nobody answers the door.",
                Instant.now().truncatedTo(ChronoUnit.MICROS));
        for (int number = 1; number <= ITEM_COUNT; number++) {
            order.add(
                    "P-2026-00" + number,
                    "A product with a name like those in the catalogue, no. " + number,
                    number,
                    new BigDecimal("19.90"));
        }
        return published(repository.save(order));
    }

    /** Changes an attribute of the order itself. */
    public Order updateRoot(long id) {
        Order order = repository.whole(id);
        order.attemptDelivery();
        return published(order);
    }

    /** Changes an attribute of one item and nothing else. */
    public Order updatePart(long id) {
        Order order = repository.whole(id);
        order.orderOneMoreOfTheFirstItem();
        return published(order);
    }

    /**
     * Reads the next orders, in the order of their ids.
     *
     * @param after an order's id, or 0
     */
    @Transactional(readOnly = true)
    public List<OrderState> page(long after, int limit) {
        return repository.whole(repository.ids(after, Limit.of(limit))).stream()
                .map(Order::state)
                .toList();
    }

    private Order published(Order order) {
        if (publisher != null) {
            // The flush is first, because it gives the order the version that the event has to carry.
            repository.flush();
            publisher.changed(order.state());
        }
        return order;
    }
}
