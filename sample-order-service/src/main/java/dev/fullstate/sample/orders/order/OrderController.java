package dev.fullstate.sample.orders.order;

import java.net.URI;
import java.util.UUID;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Positive;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/orders")
class OrderController {

    private final OrderService orders;

    OrderController(OrderService orders) {
        this.orders = orders;
    }

    @PostMapping
    ResponseEntity<OrderView> place(@Valid @RequestBody NewOrder request) {
        OrderView order = orders.place(request);
        return ResponseEntity.created(URI.create("/orders/" + order.orderId())).body(order);
    }

    @GetMapping("/{orderId}")
    OrderView get(@PathVariable UUID orderId) {
        return orders.get(orderId);
    }

    @PostMapping("/{orderId}/payment")
    OrderView pay(@PathVariable UUID orderId) {
        return orders.pay(orderId);
    }

    @PostMapping("/{orderId}/shipment")
    OrderView ship(@PathVariable UUID orderId, @Valid @RequestBody Shipment request) {
        return orders.ship(orderId, request.carrier());
    }

    @PostMapping("/{orderId}/delivery")
    OrderView deliver(@PathVariable UUID orderId) {
        return orders.deliver(orderId);
    }

    @PutMapping("/{orderId}/items/{productId}")
    OrderView changeQuantity(
            @PathVariable UUID orderId, @PathVariable String productId, @Valid @RequestBody Quantity request) {
        return orders.changeQuantity(orderId, productId, request.quantity());
    }

    @DeleteMapping("/{orderId}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void delete(@PathVariable UUID orderId) {
        orders.delete(orderId);
    }

    record Shipment(@NotBlank String carrier) {}

    record Quantity(@NotNull @Positive Integer quantity) {}
}
