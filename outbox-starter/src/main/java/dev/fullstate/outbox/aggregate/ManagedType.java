package dev.fullstate.outbox.aggregate;

import java.util.Map;

/**
 * An entity or embeddable that belongs to an aggregate.
 *
 * @param javaType the mapped class
 * @param attributes by name; everything persistent, whatever its role
 */
public record ManagedType(Class<?> javaType, Map<String, Attribute> attributes) {}
