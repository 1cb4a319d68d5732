package dev.fullstate.outbox.benchmarks.orders.order;

import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Query;

/** Loads an order with its items in one statement, in all applications and for every change. */
interface OrderRepository extends JpaRepository<Order, Long> {

    @Query("select o from Order o join fetch o.items where o.id = :id")
    Order whole(long id);
}
