/**
 * The judge. In come the rows of the outbox, which is what was committed, and the records of the topic as a {@code read_committed}
 * consumer gets them; out goes what is wrong with these.
 */
@NullMarked
package dev.fullstate.outbox.faults.oracle;

import org.jspecify.annotations.NullMarked;
