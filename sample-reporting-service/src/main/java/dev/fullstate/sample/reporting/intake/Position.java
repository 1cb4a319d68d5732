package dev.fullstate.sample.reporting.intake;

/**
 * How far a partition is read.
 *
 * @param offset of the first record that was not read, and stored, yet
 */
record Position(String topic, int partition, long offset) {}
