/**
 * Resolves what belongs to an aggregate. In comes Hibernate's mapping metamodel, once, at start-up; out go {@link
 * dev.fullstate.outbox.aggregate.Aggregates}: the captured roots, the ways from parts to their roots, and the role of each
 * attribute.
 */
@NullMarked
package dev.fullstate.outbox.aggregate;

import org.jspecify.annotations.NullMarked;
