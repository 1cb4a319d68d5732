/**
 * PostgreSQL and Kafka of a run. Names of databases, slots and topics go in; their addresses and their progress come out.
 */
@NullMarked
package dev.fullstate.outbox.benchmarks.server;

import org.jspecify.annotations.NullMarked;
