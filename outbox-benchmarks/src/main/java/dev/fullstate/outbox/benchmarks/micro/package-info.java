/**
 * Steps of the hot path alone, without a server. Rows as PostgreSQL sends them, and entities as Hibernate loads them,
 * go in; the time and the bytes of each step for an event come out.
 */
@NullMarked
package dev.fullstate.outbox.benchmarks.micro;

import org.jspecify.annotations.NullMarked;
