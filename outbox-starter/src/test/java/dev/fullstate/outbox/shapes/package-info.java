/** Aggregates of many rows, in mappings that make Hibernate send a query for each of them. */
package dev.fullstate.outbox.shapes;
