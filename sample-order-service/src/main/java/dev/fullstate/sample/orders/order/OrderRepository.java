package dev.fullstate.sample.orders.order;

import java.util.Optional;
import java.util.UUID;

import jakarta.persistence.LockModeType;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Lock;

interface OrderRepository extends JpaRepository<Order, UUID> {

    /**
     * The order, locked until the transaction ends. Whoever wants to change it meanwhile waits and then sees the change, so
     * that concurrent changes all succeed, one after the other. No deadlock: no transaction locks two orders.
     */
    @Lock(LockModeType.PESSIMISTIC_WRITE)
    Optional<Order> findLockedByOrderId(UUID orderId);
}
