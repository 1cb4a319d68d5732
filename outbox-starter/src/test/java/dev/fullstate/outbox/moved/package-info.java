/** Parts that another transaction moves, in mappings in which no version of their own guards them. */
@NullMarked
package dev.fullstate.outbox.moved;

import org.jspecify.annotations.NullMarked;
