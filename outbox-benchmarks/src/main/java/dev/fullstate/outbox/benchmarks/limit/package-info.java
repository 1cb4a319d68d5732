/**
 * The smallest programs that do the job or a part of it, as limits to compare with. A slot goes in, records or nothing come out.
 * They do not recover: an error ends them.
 */
@NullMarked
package dev.fullstate.outbox.benchmarks.limit;

import org.jspecify.annotations.NullMarked;
