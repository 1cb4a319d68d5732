/**
 * The types that applications import, above all the annotation for the aggregate root. In come committed changes of entities, out
 * go full-state events in the outbox table.
 */
@NullMarked
package dev.fullstate.outbox;

import org.jspecify.annotations.NullMarked;
