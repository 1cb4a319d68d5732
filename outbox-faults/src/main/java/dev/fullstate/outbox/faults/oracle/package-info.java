/**
 * The judge. The rows of the outbox, which are the committed events, and the records of the topic as a {@code read_committed}
 * consumer gets them go in; the faults of these records come out.
 */
@NullMarked
package dev.fullstate.outbox.faults.oracle;

import org.jspecify.annotations.NullMarked;
