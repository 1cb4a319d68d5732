package dev.fullstate.outbox.mappings;

import jakarta.persistence.Entity;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;

/** Not captured, but its subclass is. */
@Entity
@Inheritance(strategy = InheritanceType.JOINED)
public class Thing extends Identified {}
