package dev.fullstate.outbox.mappings;

import jakarta.persistence.Entity;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;

/** An entity that is not captured, but its subclass is. */
@Entity
@Inheritance(strategy = InheritanceType.JOINED)
public class Thing extends Identified {}
