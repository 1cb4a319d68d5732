/**
 * What the writing side and the publishing side of the WAL agree on: the outbox table with its columns, and the headers of
 * the Kafka record. In comes nothing, out go names and one value, {@link dev.fullstate.outbox.contract.OutboxEvent}.
 */
@NullMarked
package dev.fullstate.outbox.contract;

import org.jspecify.annotations.NullMarked;
