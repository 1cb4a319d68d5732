package dev.fullstate.sample.orders.order;

import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import jakarta.validation.constraints.Email;
import jakarta.validation.constraints.NotBlank;

/** The customer of an order, as known at the time of the order. */
@Embeddable
record Customer(
        @NotBlank @Column(name = "customer_id") String id,
        @NotBlank @Column(name = "customer_name") String name,
        @NotBlank @Email @Column(name = "customer_email") String email) {}
