package dev.fullstate.outbox.benchmarks.orders.order;

import java.util.List;

import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Query;

/** Loads orders with their items in one statement, in all applications and for every change. */
interface OrderRepository extends JpaRepository<Order, Long> {

    @Query("select o from Order o join fetch o.items where o.id = :id")
    Order whole(long id);

    @Query("select o.id from Order o where o.id > :after order by o.id")
    List<Long> ids(long after, Limit limit);

    @Query("select o from Order o join fetch o.items where o.id in :ids order by o.id")
    List<Order> whole(List<Long> ids);
}
