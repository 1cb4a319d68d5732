package dev.fullstate.outbox.jobs;

import org.jspecify.annotations.Nullable;

/**
 * What a chunk is about.
 *
 * @param slice as it was when it was locked
 * @param id of the aggregate, if the chunk is about one only
 */
record Subject(Slice slice, @Nullable String id) {}
