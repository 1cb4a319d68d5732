/** Aggregates of many rows, in mappings that make Hibernate ask once for each of them. */
package dev.fullstate.outbox.shapes;
