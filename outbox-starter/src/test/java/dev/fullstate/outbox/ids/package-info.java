/** Aggregates by every kind of id that Hibernate maps. */
package dev.fullstate.outbox.ids;
