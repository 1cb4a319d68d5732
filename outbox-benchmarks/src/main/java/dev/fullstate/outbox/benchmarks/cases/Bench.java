package dev.fullstate.outbox.benchmarks.cases;

import java.nio.file.Path;

import dev.fullstate.outbox.benchmarks.server.Broker;
import dev.fullstate.outbox.benchmarks.server.DatabaseServer;

/**
 * The surroundings in which a case is measured.
 *
 * @param databases the PostgreSQL server
 * @param broker    the Kafka broker
 * @param rounds    how often each contender has its turn
 * @param folder    for the contenders' files
 */
public record Bench(DatabaseServer databases, Broker broker, int rounds, Path folder) {}
