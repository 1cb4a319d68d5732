/**
 * Resolves what belongs to an aggregate. Hibernate's mapping metamodel goes in, once, at start-up; {@link
 * dev.fullstate.outbox.aggregate.Aggregates} come out: the captured roots, the ways from parts to their roots, and the role of each
 * attribute.
 */
@NullMarked
package dev.fullstate.outbox.aggregate;

import org.jspecify.annotations.NullMarked;
