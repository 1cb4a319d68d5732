package dev.fullstate.outbox.shop;

import jakarta.persistence.Embeddable;

@Embeddable
public record Address(String street, String city) {}
