package dev.fullstate.outbox.faults.network;

import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Ends connections after a number of bytes.
 *
 * @param which      connections, by the first bytes that the client sends, as Latin-1
 * @param direction  of the bytes that are counted
 * @param afterBytes how many of them still arrive; asked for each connection
 */
public record Cut(Predicate<String> which, Direction direction, LongSupplier afterBytes) {}
