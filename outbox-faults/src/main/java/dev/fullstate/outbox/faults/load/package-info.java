/**
 * The work of applications on an outbox: concurrent transactions, small and large, that are interleaved, rolled back, and partly
 * rolled back. A number of events to commit and a seed go in, rows come out.
 */
@NullMarked
package dev.fullstate.outbox.faults.load;

import org.jspecify.annotations.NullMarked;
