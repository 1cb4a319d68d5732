package dev.fullstate.sample.orders.order;

import java.util.Optional;
import java.util.UUID;

import jakarta.persistence.LockModeType;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Lock;

interface OrderRepository extends JpaRepository<Order, UUID> {

    /**
     * Finds the order and locks it until the transaction ends. Another transaction that changes the order waits and then sees the
     * change, so concurrent changes all succeed, one after the other. No transaction locks two orders, so none deadlocks.
     */
    @Lock(LockModeType.PESSIMISTIC_WRITE)
    Optional<Order> findLockedByOrderId(UUID orderId);
}
