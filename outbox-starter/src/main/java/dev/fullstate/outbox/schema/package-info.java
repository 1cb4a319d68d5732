/**
 * The outbox's tables at start. In comes an outbox that may not exist yet; out goes one that the application can write to, or the
 * failure of the start with the statement that mends it.
 */
@NullMarked
package dev.fullstate.outbox.schema;

import org.jspecify.annotations.NullMarked;
