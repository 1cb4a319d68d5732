package dev.fullstate.sample.orders.order;

import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import org.jspecify.annotations.Nullable;

/**
 * Where an order goes, and with whom.
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
