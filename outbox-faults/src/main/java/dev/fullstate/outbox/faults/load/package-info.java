/**
 * What applications do to an outbox: concurrent transactions, small and large, that are interleaved, rolled back, and rolled back
 * by half. In comes a number of events to commit and a seed, out go rows.
 */
@NullMarked
package dev.fullstate.outbox.faults.load;

import org.jspecify.annotations.NullMarked;
