package dev.fullstate.outbox.mappings;

import jakarta.persistence.Entity;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;

/** An entity that is not captured, with a subclass that is. */
@Entity
@Inheritance(strategy = InheritanceType.JOINED)
public class Thing extends Identified {}
