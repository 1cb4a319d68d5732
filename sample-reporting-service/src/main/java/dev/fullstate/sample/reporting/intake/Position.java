package dev.fullstate.sample.reporting.intake;

/**
 * The progress in a partition.
 *
 * @param offset of the first record that is not yet read and stored
 */
record Position(String topic, int partition, long offset) {}
