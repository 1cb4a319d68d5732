/**
 * The contract between the writing side and the publishing side of the WAL: the outbox table with its columns, and the headers
 * of the Kafka record. Nothing goes in; names and one value, {@link dev.fullstate.outbox.contract.OutboxEvent}, come out.
 */
@NullMarked
package dev.fullstate.outbox.contract;

import org.jspecify.annotations.NullMarked;
