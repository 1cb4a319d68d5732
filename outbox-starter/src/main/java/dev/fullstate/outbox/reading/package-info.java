/**
 * Reads states. Ids of roots go in; their entities come out, with everything loaded that belongs to their states. The number of
 * queries depends on the mapping's depth, not on the number of rows.
 */
@NullMarked
package dev.fullstate.outbox.reading;

import org.jspecify.annotations.NullMarked;
