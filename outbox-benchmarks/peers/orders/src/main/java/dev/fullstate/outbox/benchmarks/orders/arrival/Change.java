package dev.fullstate.outbox.benchmarks.orders.arrival;

/**
 * One committed change, of which one event is expected.
 *
 * @param order  the order's id, the record's key
 * @param number counts the changes of the order; an attribute of the order, so part of the record's value. Not the version, which
 *               is not in every application's value
 */
public record Change(long order, int number) {}
