/**
 * The kind of job that publishes states once more. A request for aggregate types or ids goes in; outbox rows with the current
 * state of each of these aggregates come out, chunk by chunk and beside live traffic. An older state never overtakes a newer one.
 *
 * <p>{@code Republisher} hands a request to the {@code RepublishJobs} of one database, which start a job of the {@code RepublishKind}; the
 * engine has it open a {@code RepublishChunk} for each transaction, which finds aggregates with {@code AggregateIds} and writes their events
 * with {@code StatePublisher}.
 */
@NullMarked
package dev.fullstate.outbox.republish;

import org.jspecify.annotations.NullMarked;
