package dev.fullstate.outbox.jobs;

import java.time.Duration;

/**
 * The settings of the engine.
 *
 * @param prefix of the properties that the options come from, for messages
 * @param chunkSize number of aggregates per transaction
 * @param lockTimeout time to wait for an aggregate that others have locked, when only such are left
 * @param pollInterval time between two queries for jobs that other instances have left
 * @param idleTimeout time after which the database ends a transaction of an instance that has gone silent in the middle of it
 * @param parallelism number of chunks that this instance does at a time, of different aggregate types or ranges of ids
 * @param maxLag age of the oldest unpublished event from which on jobs wait for the relay
 * @param keepJobs time for which jobs are kept after their end
 */
public record JobOptions(
        String prefix,
        int chunkSize,
        Duration lockTimeout,
        Duration pollInterval,
        Duration idleTimeout,
        int parallelism,
        Duration maxLag,
        Duration keepJobs) {}
