package dev.fullstate.sample.orders.order;

import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import org.jspecify.annotations.Nullable;

/**
 * The address and the carrier of an order.
 *
 * @param carrier null until the order is shipped
 */
@Embeddable
record ShippingDetails(
        @Column(name = "shipping_address") String address,
        @Column(name = "shipping_carrier") @Nullable String carrier) {

    ShippingDetails carriedBy(String carrier) {
        return new ShippingDetails(address, carrier);
    }
}
