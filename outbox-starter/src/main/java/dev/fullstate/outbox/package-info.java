/**
 * The types that applications import, above all the annotation for the aggregate root. Committed changes of entities
 * go in; full-state events in the outbox table come out.
 */
@NullMarked
package dev.fullstate.outbox;

import org.jspecify.annotations.NullMarked;
