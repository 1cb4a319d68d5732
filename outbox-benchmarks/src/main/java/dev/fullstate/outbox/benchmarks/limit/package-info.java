/**
 * The least programs that do the job or a part of it, as limits to compare with. In comes a slot, out go records or nothing.
 * They recover from nothing: an error ends them.
 */
@NullMarked
package dev.fullstate.outbox.benchmarks.limit;

import org.jspecify.annotations.NullMarked;
