/**
 * PostgreSQL and Kafka of a run. In come names of databases, slots and topics, out go their addresses and how far they are.
 */
@NullMarked
package dev.fullstate.outbox.benchmarks.server;

import org.jspecify.annotations.NullMarked;
