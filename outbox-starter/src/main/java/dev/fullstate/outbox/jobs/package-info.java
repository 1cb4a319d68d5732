/**
 * The engine of jobs, which work through many aggregates chunk by chunk, beside live traffic and in any number of instances, and know
 * nothing of the work itself. A {@link dev.fullstate.outbox.jobs.NewJob} and a {@link dev.fullstate.outbox.jobs.JobKind} go in;
 * the {@link dev.fullstate.outbox.jobs.Job} as it stands comes out.
 *
 * <p>From the outside to the inside: {@code Jobs} has {@code Workers}, whose threads run a {@code JobLoop}; it has {@code Chunks} do one
 * transaction after another, which hands a {@code LockedSlice} to the kind's {@code SliceWork}; and it asks {@code ChunkFailures} what
 * becomes of a chunk that failed. Jobs have no owner and no lease (ADR 7); their transactions are their own (ADR 23).
 */
@NullMarked
package dev.fullstate.outbox.jobs;

import org.jspecify.annotations.NullMarked;
