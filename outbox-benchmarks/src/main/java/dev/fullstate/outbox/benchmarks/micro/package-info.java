/**
 * Steps of the hot path alone, without a server. In come rows as PostgreSQL sends them and entities as Hibernate loads them, out
 * go the time and the bytes that each step takes for an event.
 */
@NullMarked
package dev.fullstate.outbox.benchmarks.micro;

import org.jspecify.annotations.NullMarked;
