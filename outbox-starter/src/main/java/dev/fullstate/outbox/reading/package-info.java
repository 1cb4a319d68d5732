/**
 * The ids of roots come in; their entities go out, with all that belongs to their states loaded. The number of queries depends on
 * the mapping's depth, not on the number of rows.
 */
@NullMarked
package dev.fullstate.outbox.reading;

import org.jspecify.annotations.NullMarked;
