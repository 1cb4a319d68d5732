package dev.fullstate.outbox.jobs;

import org.jspecify.annotations.Nullable;

/**
 * The aggregates that a chunk is about: those of a slice, or one of them.
 *
 * @param slice as it was when it was locked
 * @param id of the aggregate, if the chunk is about one only
 */
record Subject(Slice slice, @Nullable String id) {}
